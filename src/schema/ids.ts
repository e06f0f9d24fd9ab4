import { hash } from 'node:crypto'
import { serialize } from 'node:v8'
import { BigMap } from '../bigMap.ts'
import type { Job, Run } from '../job.ts'

/**
 * The ids of a run, each given once. A job without an id of its own gets a short hash of its content, and where
 * that is taken a count behind it: `a1b2c3d4`, `a1b2c3d4-2`.
 */
export class JobIds {
  /** Each id, with the count that was last put behind it. */
  readonly #counts = new BigMap<number>()

  has(id: string): boolean {
    return this.#counts.has(id)
  }

  /** Takes an id that a user gave; false where it is taken already. */
  claim(id: string): boolean {
    return this.#counts.add(id, 1)
  }

  /** Takes the next free id that begins with `base`. */
  next(base: string): string {
    if (this.claim(base)) return base
    let count = this.#counts.get(base) ?? 1
    do count += 1
    while (!this.claim(`${base}-${count}`))
    this.#counts.set(base, count)
    return `${base}-${count}`
  }

  /** Gives ids back, of jobs that were refused after all. */
  release(ids: Iterable<string>): void {
    for (const id of ids) this.#counts.delete(id)
  }
}

/**
 * Eight hexadecimal digits of what a job runs and how it is called. What it asks for is left out, so that a job
 * keeps its id when only its estimate or its request is mended.
 */
export function digestOf({ name, group, run, env, cwd }: Omit<Job, 'id'>): string {
  return hash('sha256', contentOf([name, group, describe(run), env, cwd])).slice(0, 8)
}

function describe(run: Run): unknown {
  if (run.kind === 'command') return run.command
  return run.kind === 'task' ? [run.module, run.args] : run.fn.name
}

/** JSON where it can say it all; arguments in code may hold what it cannot, or large arrays. */
function contentOf(parts: readonly unknown[]): string | Buffer {
  const args = (parts[2] as readonly unknown[])[1]
  if (typeof args !== 'object' || args === null || !holdsBinary(args)) {
    const json = tryJson(parts)
    if (json !== null) return json
  }
  return trySerialize(parts)
}

function holdsBinary(args: object): boolean {
  return ArrayBuffer.isView(args) || Object.values(args).some(value => ArrayBuffer.isView(value))
}

function tryJson(parts: readonly unknown[]): string | null {
  try {
    return JSON.stringify(parts)
  } catch {
    return null
  }
}

/** What cannot be cloned makes the job fail later, with that reason; here it only must not throw. */
function trySerialize(parts: readonly unknown[]): string | Buffer {
  try {
    return serialize(parts)
  } catch {
    return String(parts[0])
  }
}
