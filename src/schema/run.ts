import type { InlineFunction, Run } from '../job.ts'

/**
 * A command: a list is a program and its arguments (no shell), one text is run by `sh -c`.
 *
 *     command(['python', 'fit.py', '--seed', '1'])
 *     command('gzip -k data/*.csv')
 */
export function command(command: string | readonly string[]): Run {
  return { kind: 'command', command }
}

/**
 * A task: the default export of a module, called as `(args, context)` in a worker process. `args` must survive a
 * structured clone. A relative path counts from the working folder (in a job file: from the file's folder), so in a
 * module of your own prefer a URL: `task(new URL('./fit.ts', import.meta.url), { seed: 1 })`.
 */
export function task(module: string | URL, args?: unknown): Run {
  return { kind: 'task', module: String(module), args }
}

/** A function that is called as `(context)` in the scheduler's own process: for what waits, not for what computes. */
export function inline(fn: InlineFunction): Run {
  return { kind: 'inline', fn }
}
