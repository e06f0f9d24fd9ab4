import type { Run } from '../job.ts'

const LONGEST = 100

/** Programs that run what their first argument names: then that is what the job is about. */
const INTERPRETER =
  /^(?:python|pypy|node|deno|bun|ruby|perl|php|julia|Rscript|sh|bash|dash|zsh|ksh|fish|lua|octave)[\d.]*$/

/** The default name of a job: its command, or its task and arguments, in one line of at most 100 characters. */
export function nameOf(run: Run): string {
  if (run.kind === 'inline') return run.fn.name || 'inline'
  if (run.kind === 'task') return shorten(`${moduleName(run.module)}${argumentsOf(run.args)}`)
  return shorten(typeof run.command === 'string' ? run.command : run.command.join(' '))
}

/** The default group of a job: the base name of its program (of the script that an interpreter runs) or task. */
export function groupOf(run: Run): string {
  if (run.kind === 'inline') return run.fn.name || 'inline'
  if (run.kind === 'task') return moduleName(run.module)
  return programName(typeof run.command === 'string' ? shellWords(run.command) : run.command)
}

function programName([program = '', first = '']: readonly string[]): string {
  const name = baseName(program)
  const isScript = INTERPRETER.test(name) && !first.startsWith('-') && baseName(first) !== ''
  return (isScript ? baseName(first) : name) || 'command'
}

/** The first two words of a shell's command, without the variables that are set before it, and without quotes. */
function shellWords(command: string): string[] {
  const words = command
    .slice(0, 1000)
    .trim()
    .split(/[\s;&|()<>]+/)
  const start = words.findIndex(word => !/^$|^\w+=/.test(word))
  return words.slice(Math.max(0, start), Math.max(0, start) + 2).map(word => word.replace(/["']/g, ''))
}

/** `file:///home/me/fit.ts` → `fit`. */
function moduleName(module: string): string {
  const path = module.replace(/[?#].*$/, '')
  return baseName(path).replace(/\.[mc]?[jt]s$/, '') || 'task'
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** What is short among a task's arguments: ` seed=1 model=xgb`. */
function argumentsOf(args: unknown): string {
  if (isShort(args)) return ` ${args}`
  if (typeof args !== 'object' || args === null || ArrayBuffer.isView(args)) return ''
  const isList = Array.isArray(args)
  const parts: string[] = []
  for (const [key, value] of Object.entries(args)) {
    if (isShort(value)) parts.push(isList ? `${value}` : `${key}=${value}`)
    if (parts.length === 20) break
  }
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`
}

function isShort(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value !== '' && value.length <= LONGEST
  return typeof value === 'number' || typeof value === 'boolean'
}

function shorten(name: string): string {
  const line = /[\s\p{Cc}]/u.test(name) ? name.replace(/[\s\p{Cc}]+/gu, ' ').trim() : name
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`
}
