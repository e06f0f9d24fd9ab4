import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** How far a log was copied. */
export interface Copied {
  readonly path: string
  readonly bytes: number
}

const CHUNK_BYTES = 65_536

/**
 * The log of a job's last attempt; `null` where there is none. The names in the folder are compared with the id, which
 * so never becomes a path of its own.
 */
export function lastLog(runDir: string, id: string, ending: 'out' | 'err'): string | null {
  const folder = join(runDir, 'logs')
  let last: { readonly name: string; readonly attempt: number } | null = null
  for (const name of namesIn(folder)) {
    const attempt = attemptOf(name, id, ending)
    if (attempt !== null && attempt > (last?.attempt ?? 0)) last = { name, attempt }
  }
  return last && join(folder, last.name)
}

/** 1 for `ID.out`, 2 for `ID.2.out`; `null` for the log of another job. */
function attemptOf(name: string, id: string, ending: string): number | null {
  if (name === `${id}.${ending}`) return 1
  if (!name.startsWith(`${id}.`) || !name.endsWith(`.${ending}`)) return null
  const attempt = name.slice(id.length + 1, -ending.length - 1)
  return /^[1-9]\d*$/.test(attempt) ? Number(attempt) : null
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * Copies what a log holds beyond what was copied before, as fast as it is taken. Another log is begun at its start.
 * `null` where nobody takes it any more.
 */
export async function copyLog(path: string | null, before: Copied, to: Writable): Promise<Copied | null> {
  if (path === null) return before
  const from = path === before.path ? before.bytes : 0
  const log = createReadStream(path, { start: from, highWaterMark: CHUNK_BYTES })
  try {
    await pipeline(log, to, { end: false })
    return { path, bytes: from + log.bytesRead }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && error.syscall === 'write') return null
    throw error
  }
}
