import { pathToFileURL } from 'node:url'
import { show } from '../schema/show.ts'
import { BrokenFile, type Entry, type Source } from './entry.ts'

const BATCH = 500

/** A module whose default export is a list of jobs, or an iterable or async iterable of them. */
export async function* readModule(source: Source): AsyncGenerator<Entry[]> {
  const jobs = await load(source)
  let batch: Entry[] = []
  let index = 0
  for await (const raw of guard(jobs, source, () => index)) {
    batch.push({ raw, where: `${source.shown}[${index}]` })
    index += 1
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}

type Jobs = Iterable<unknown> | AsyncIterable<unknown>

async function load({ path, shown }: Source): Promise<Jobs> {
  const url = pathToFileURL(path ?? '').href
  const exported = await import(url).catch(error => {
    const line = lineIn(error, [url, path ?? ''])
    const where = line === null ? shown : `${shown}:${line}`
    throw new BrokenFile(where, `this module could not be loaded: ${describe(error)}${advice(error)}`)
  })
  if (isIterable(exported.default)) return exported.default
  throw new BrokenFile(shown, wrongExport(exported))
}

/** The first line of the file that the stack names: Node tells it there alone. */
function lineIn(error: unknown, names: readonly string[]): number | null {
  const stack = error instanceof Error ? String(error.stack) : ''
  const [found] = names.flatMap(name => stack.split(`${name}:`).slice(1, 2))
  const line = Number.parseInt(found ?? '', 10)
  return Number.isNaN(line) ? null : line
}

/** `npm init` makes packages in which Node takes .ts and .js for CommonJS. */
function advice(error: unknown): string {
  const isCommonJs =
    error instanceof SyntaxError &&
    /^(Cannot use import statement outside a module|Unexpected token 'export')$/.test(error.message)
  return isCommonJs
    ? '. Its package.json says "type": "commonjs", or nothing: say "type": "module" there, or end the file\'s name in .mts or .mjs'
    : ''
}

function isIterable(value: unknown): value is Jobs {
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  )
}

function wrongExport(exported: Readonly<Record<string, unknown>>): string {
  const found = exported['default']
  const got = 'default' in exported ? show(found) : 'no default export'
  const advice = typeof found === 'function' ? ': call it, as in `export default jobs()`' : ''
  return `expected the default export to be a list, an iterable or an async iterable of jobs, got ${got}${advice}`
}

/** What the user's own code throws while it lists its jobs is a fault of the file. */
async function* guard(jobs: Jobs, { shown }: Source, index: () => number): AsyncGenerator<unknown> {
  try {
    yield* jobs
  } catch (error) {
    throw new BrokenFile(
      `${shown}[${index()}]`,
      `this module threw while it listed its jobs: ${describe(error)}`,
    )
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
