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
  } catch {
    const { line, message } = findSyntaxFault(text)
    throw new BrokenFile(`${shown}:${line}`, `expected JSON: ${message}`)
  }
}

/** The built-in parser does not tell the line of everything, so a second one is asked once something is wrong. */
function loadParser(): typeof Parse {
  return createRequire(import.meta.url)('@humanwhocodes/momoa').parse
}

function findSyntaxFault(text: string): { line: number; message: string } {
  try {
    loadParser()(text)
  } catch (error) {
    if (error instanceof Error && 'line' in error && typeof error.line === 'number') {
      return { line: error.line, message: inWords(error.message) }
    }
  }
  return { line: 1, message: 'this file is none' }
}

/** `Unexpected token RBracket found. (1:4)` → `unexpected "]" at column 4`. */
function inWords(message: string): string {
  const found = /^Unexpected (?:token|character) ?'?(.+?)'? found\. \(\d+:(\d+)\)$/.exec(message)
  if (found) return `unexpected ${TOKENS[found[1] ?? ''] ?? JSON.stringify(found[1])} at column ${found[2]}`
  return /end of input/.test(message) ? 'it ends too early: is a bracket or a quote left open?' : message
}

const TOKENS: Readonly<Record<string, string>> = {
  LBracket: '"["',
  RBracket: '"]"',
  LBrace: '"{"',
  RBrace: '"}"',
  Comma: '","',
  Colon: '":"',
  String: 'text',
  Number: 'number',
  Boolean: 'true or false',
  Null: 'null',
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
