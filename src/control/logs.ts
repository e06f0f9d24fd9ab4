import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'

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

/** Copies what a log holds beyond what was copied before. Another log is begun at its start. */
export function copyLog(path: string | null, before: Copied, to: Writable): Copied {
  if (path === null) return before
  const from = path === before.path ? before.bytes : 0
  const file = openSync(path, 'r')
  try {
    let bytes = from
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES)
      const length = readSync(file, chunk, 0, CHUNK_BYTES, bytes)
      if (length === 0) return { path, bytes }
      to.write(chunk.subarray(0, length))
      bytes += length
    }
  } finally {
    closeSync(file)
  }
}
