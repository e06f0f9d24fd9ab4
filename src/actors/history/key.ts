import { hash } from 'node:crypto'
import type { Job } from '../../job.ts'

/**
 * Knows a job again in another run: 22 characters (132 bits) of a hash of what it runs, its arguments, its own variables and its folder.
 * Its name, group, estimate and request are left out: it is the same work by another name. `null` for a function, which
 * does not show what it works on, and for arguments that cannot be written down.
 */
export function jobKey({ run, env, cwd }: Pick<Job, 'run' | 'env' | 'cwd'>): string | null {
  if (run.kind === 'inline') return null
  const variables = Object.entries(env).sort(byName)
  try {
    const text =
      run.kind === 'command'
        ? JSON.stringify([run.kind, run.command, variables, cwd])
        : JSON.stringify([run.kind, run.module, run.args, variables, cwd], plain)
    return hash('sha256', text, 'base64url').slice(0, 22)
  } catch {
    return null
  }
}

/** The same text for the same value, in whatever order it was put together. */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (ArrayBuffer.isView(value))
    return [
      value.constructor.name,
      Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'),
    ]
  if (value instanceof Map || value instanceof Set) return [value.constructor.name, ...value]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(byName))
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}
