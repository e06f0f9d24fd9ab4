import { type Fault, InvalidOptionsError, LongshoreError } from '../errors.ts'
import { sanitize } from '../reports/text/sanitize.ts'
import { flagOf } from './flags.ts'

/** Exit statuses of `longshore`. */
export const EXIT = {
  allSucceeded: 0,
  someFailed: 1,
  wrongUse: 2,
  defect: 70,
  /** Jobs wait that would not have ended before the deadline: try again in another allocation. */
  outOfTime: 75,
  interrupted: 130,
  terminated: 143,
} as const

/** Tells an error to the user on standard error and returns the exit status that it means. */
export function exitStatusOf(error: unknown, isDebug: boolean): number {
  const words = error instanceof LongshoreError ? wordsFor(error) : isFolderGone(error) ? FOLDER_GONE : null
  process.stderr.write(`${harmless(words ?? defect(error))}\n`)
  if (isDebug && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return words === null ? EXIT.defect : EXIT.wrongUse
}

/** A message may quote what a file holds: its lines stay, what could drive the terminal is shown escaped. */
function harmless(words: string): string {
  return words.split('\n').map(sanitize).join('\n')
}

const FOLDER_GONE = 'The working folder has been removed: change to another one, and start again there.'

function isFolderGone(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd'
}

/** Options have other names on the command line than in the API. */
function wordsFor(error: LongshoreError): string {
  if (!(error instanceof InvalidOptionsError)) return error.message
  return new InvalidOptionsError(error.faults.map(toFlag)).message
}

const NAMED_OPTIONS = new Set(['runDir', 'enforce', 'rerun'])

function toFlag({ where, message }: Fault): Fault {
  const key = /^expected (\w+)(?:\.(?:resources\.)?([\w-]+))? to be/.exec(message)
  if (where.startsWith('machines[')) return { where: '--machine', message }
  if (NAMED_OPTIONS.has(where)) return { where: flagOf(where), message }
  if (where !== 'createScheduler' || !key?.[1]) return { where, message }
  return { where: key[2] ? `${flagOf(key[1])} ${key[2]}` : flagOf(key[1]), message }
}

function defect(error: unknown): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return `longshore has failed, which is a defect of it: ${message}\nRun it again with --debug to see where.`
}
