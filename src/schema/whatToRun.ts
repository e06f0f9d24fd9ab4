import type { Run } from '../job.ts'
import type { SpecFault } from './faults.ts'
import type { PathResolver } from './paths.ts'
import type { CheckedSpec } from './schema.ts'

const WAYS = ['run', 'command', 'task', 'inline'] as const

/** Why it is not clear what a job runs; `null` where it is. */
export function unclearRun(spec: CheckedSpec, isCode: boolean): SpecFault | null {
  const given = WAYS.filter(way => spec[way] !== undefined && spec[way] !== null)
  const choice = isCode ? 'run, command, task and inline' : 'command and task'
  if (given.length === 0) return { path: [], message: `expected exactly one of ${choice}, got none of them` }
  if (given.length > 1) {
    return {
      path: [given[1] ?? ''],
      message: `expected exactly one of ${choice}, got ${given.join(' and ')}`,
    }
  }
  return spec.args === undefined || given[0] === 'task' ? null : strayArgs(given[0] ?? '')
}

function strayArgs(way: string): SpecFault {
  const advice: Readonly<Record<string, string>> = {
    command: 'put the arguments of a command into its list',
    run: 'hand them to task(url, args)',
    inline: 'a function knows its own',
  }
  return { path: ['args'], message: `expected args only beside task, got it beside ${way}: ${advice[way]}` }
}

/** What a checked job runs, with paths that hold from anywhere. */
export function runOf({ run, command, task, args, inline }: CheckedSpec, paths: PathResolver): Run {
  if (inline) return { kind: 'inline', fn: inline }
  if (task) return { kind: 'task', module: paths.module(task), args }
  if (command) return { kind: 'command', command: commandOf(command) }
  if (run?.kind === 'task') return { kind: 'task', module: paths.module(run.module), args: run.args }
  if (run?.kind === 'command') return { kind: 'command', command: commandOf(run.command) }
  if (run) return run
  throw new TypeError('A checked job says what it runs.')
}

function commandOf(command: NonNullable<CheckedSpec['command']>): string | readonly string[] {
  return typeof command === 'string' ? command : command.map(String)
}
