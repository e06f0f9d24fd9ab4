import { execFile } from 'node:child_process'
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
  const exported = await import(url).catch(async error => {
    const line = lineIn(stackOf(error), [url, path ?? '']) ?? (await lineOfSyntax(error, path ?? ''))
    const where = line === null ? shown : `${shown}:${line}`
    throw new BrokenFile(where, `this module could not be loaded: ${describe(error)}${advice(error)}`)
  })
  if (isIterable(exported.default)) return exported.default
  throw new BrokenFile(shown, wrongExport(exported))
}

/** The first line of the file that a stack names: Node tells it there alone. */
function lineIn(stack: string, names: readonly string[]): number | null {
  const [found] = names.flatMap(name => stack.split(`${name}:`).slice(1, 2))
  const line = Number.parseInt(found ?? '', 10)
  return Number.isNaN(line) ? null : line
}

function stackOf(error: unknown): string {
  return error instanceof Error ? String(error.stack) : ''
}

/** Of JavaScript that cannot be parsed Node tells the line only to people, on a standard error. */
async function lineOfSyntax(error: unknown, path: string): Promise<number | null> {
  if (!(error instanceof SyntaxError) || !/\.m?js$/.test(path)) return null
  const { promise: told, resolve } = Promise.withResolvers<string>()
  execFile(process.execPath, ['--check', path], (_, __, stderr) => resolve(stderr))
  const [first = ''] = (await told).split('\n', 1)
  return lineIn(first, [path])
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
  const got =
    found instanceof Promise ? 'a promise' : 'default' in exported ? show(found) : 'no default export'
  return `expected the default export to be a list, an iterable or an async iterable of jobs, got ${got}${adviceOn(found)}`
}

function adviceOn(found: unknown): string {
  if (typeof found === 'function') return ': call it, as in `export default jobs()`'
  if (found instanceof Promise) return ': await it, as in `export default await jobs()`'
  return ''
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
