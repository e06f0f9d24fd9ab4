import { createRequire } from 'node:module'
import type { parse as Parse, ValueNode } from '@humanwhocodes/momoa'
import type { Path } from '../schema/faults.ts'
import { BrokenFile, type Entry, type Source } from './entry.ts'
import { entriesOf } from './plan.ts'
import { readWhole } from './text.ts'

/** A list of jobs, or `{ defaults, sweep, jobs }`, in JSON. */
export async function* readJson(source: Source): AsyncGenerator<Entry[]> {
  const text = await readWhole(source)
  if (text.trim() === '') return
  let body: ValueNode | null = null
  yield* entriesOf(parseJson(text, source), path => {
    body ??= loadParser()(text).body
    return `${source.shown}:${lineAt(body, path)}`
  })
}

function parseJson(text: string, { shown }: Source): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { line, message } = placeOf(error instanceof Error ? error.message : '', text)
    throw new BrokenFile(`${shown}:${line}`, `expected JSON: ${message}`)
  }
}

/** The built-in parser tells the line of most faults, but not of all. */
function placeOf(message: string, text: string): { line: number; message: string } {
  const told = /^(.*?)(?: in JSON)? at position \d+ \(line (\d+) column (\d+)\)$/s.exec(message)
  if (told && message.includes('after JSON')) return { line: Number(told[2]), message: SEVERAL }
  if (told) return { line: Number(told[2]), message: `${told[1]} at column ${told[3]}` }
  if (message.includes('end of JSON')) {
    return { line: text.trimEnd().split('\n').length, message: 'it ends too early: is a bracket left open?' }
  }
  const what = /^Unexpected token '.*?'/su.exec(message)?.[0] ?? message
  const place = askOtherParser(text)
  return place === null
    ? { line: 1, message }
    : { line: place.line, message: `${what} at column ${place.column}` }
}

const SEVERAL = 'one value a file, and here a second one begins: a file with a job a line ends in .jsonl'

function loadParser(): typeof Parse {
  return createRequire(import.meta.url)('@humanwhocodes/momoa').parse
}

function askOtherParser(text: string): { line: number; column: number } | null {
  try {
    loadParser()(text)
    return null
  } catch (error) {
    const hasPlace = error instanceof Error && 'line' in error && 'column' in error
    return hasPlace ? { line: Number(error.line), column: Number(error.column) } : null
  }
}

/** Line of the key or item that a path leads to, or as far as it leads. */
function lineAt(body: ValueNode, path: Path): number {
  let node = body
  let line = node.loc.start.line
  for (const step of path) {
    const next = child(node, step)
    if (!next) break
    node = next.value
    line = next.line
  }
  return line
}

function child(node: ValueNode, step: string | number): { value: ValueNode; line: number } | null {
  if (node.type === 'Array') {
    const element = node.elements[Number(step)]
    return element ? { value: element.value, line: element.loc.start.line } : null
  }
  if (node.type !== 'Object') return null
  const isNamed = (name: (typeof node.members)[number]['name']) =>
    (name.type === 'String' ? name.value : name.name) === step
  const member = node.members.findLast(({ name }) => isNamed(name))
  return member ? { value: member.value, line: member.name.loc.start.line } : null
}
