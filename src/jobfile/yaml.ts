import type { Document, LineCounter, Node } from 'yaml'
import type { Path } from '../schema/faults.ts'
import { saysTooDeep, TOO_DEEP } from './depth.ts'
import { BrokenFile, type Entry, type Source } from './entry.ts'
import { entriesOf } from './plan.ts'
import { readWhole } from './text.ts'

/** A value may stand for so many others by its alias: enough for any list of jobs, too few to fill the memory. */
const MOST_ALIASES = 100_000

/** A list of jobs, or `{ defaults, sweep, jobs }`, in YAML 1.2, with anchors, aliases and merge keys. */
export async function* readYaml(source: Source): AsyncGenerator<Entry[]> {
  const text = await readWhole(source)
  const { parseDocument, LineCounter } = await import('yaml')
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, merge: true, prettyErrors: false, logLevel: 'error' })
  const faults = syntaxFaults(document, lineCounter, source)
  if (faults.length > 0) {
    yield faults
    return
  }
  const kinds = await import('yaml')
  const locate = createLocator(document, lineCounter, kinds)
  const where = (path: Path) => `${source.shown}:${locate(path)}`
  const strays = strayAliases(document, lineCounter, kinds, source)
  if (strays.length > 0) yield strays
  else if (document.contents !== null) yield* entriesOf(contentsOf(document, source), where)
}

/** Aliases without an anchor before them; the parser passes over them. */
function strayAliases(
  document: Document.Parsed,
  lines: LineCounter,
  kinds: Kinds,
  { shown }: Source,
): Entry[] {
  const strays: Entry[] = []
  kinds.visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return
      const where = `${shown}:${lines.linePos(startOf(alias) ?? 0).line}`
      strays.push({
        fault: {
          where,
          message: `expected an anchor "&${alias.source}" before its alias "*${alias.source}"`,
        },
      })
    },
  })
  return strays
}

function syntaxFaults({ errors }: Document.Parsed, lines: LineCounter, { shown }: Source): Entry[] {
  if (errors.some(saysTooDeep)) return [{ fault: { where: shown, message: TOO_DEEP } }]
  return errors.map(({ code, message, pos }) => {
    const advice = code === 'MULTIPLE_DOCS' ? 'expected one document in a file, got a second one' : message
    const more = message.endsWith('at node end') ? QUOTES : ''
    return {
      fault: { where: `${shown}:${lines.linePos(pos[0]).line}`, message: `expected YAML: ${advice}${more}` },
    }
  })
}

const QUOTES = ': a text that begins with a brace, as "{name}-1" does, needs quotes'

function contentsOf(document: Document.Parsed, { shown }: Source): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES })
  } catch (error) {
    throw new BrokenFile(shown, `expected YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

type Kinds = Pick<typeof import('yaml'), 'isMap' | 'isSeq' | 'isAlias' | 'isScalar' | 'visit'>

/** Finds the line of the key or item that a path leads to, or as far as it leads. */
function createLocator(document: Document.Parsed, lines: LineCounter, kinds: Kinds): (path: Path) => number {
  return path => {
    let node: unknown = document.contents
    let offset = startOf(node) ?? 0
    for (const step of path) {
      const next = child(resolveAlias(node, document, kinds), step, kinds)
      if (!next) break
      node = next.value
      offset = startOf(next.key) ?? startOf(next.value) ?? offset
    }
    return lines.linePos(offset).line
  }
}

function resolveAlias(node: unknown, document: Document.Parsed, { isAlias }: Kinds): unknown {
  return isAlias(node) ? node.resolve(document) : node
}

function child(node: unknown, step: string | number, { isMap, isSeq, isScalar }: Kinds) {
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return item === undefined ? null : { key: item, value: item }
  }
  if (!isMap(node)) return null
  const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step))
  return pair ? { key: pair.key, value: pair.value } : null
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0]
}
