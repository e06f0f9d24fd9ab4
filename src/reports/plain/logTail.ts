import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outcome } from '../../job.ts'
import { logName } from '../../logName.ts'
import { sanitizeLine } from '../text/sanitize.ts'

const LINES = 5
const BYTES = 8192

/** The last lines of what a job has written, harmless on a terminal, and where the whole of it is. */
export interface LogTail {
  /** `out` where there is nothing in the standard error, but in the standard output. */
  readonly of: 'err' | 'out'
  readonly path: string
  readonly lines: readonly string[]
}

/**
 * The end of the standard error of a job's last attempt; of its standard output where that is empty. `null` where there
 * is neither file: a task that writes nothing leaves none.
 */
export async function readLogTail(runDir: string, { id, attempts }: Outcome): Promise<LogTail | null> {
  const log = join(runDir, 'logs', logName(id, attempts))
  const error = await readTail('err', `${log}.err`)
  if (error !== null && error.lines.length > 0) return error
  const output = await readTail('out', `${log}.out`)
  return output !== null && output.lines.length > 0 ? output : error
}

/** The last 5 lines of a log that are not blank. */
async function readTail(of: LogTail['of'], path: string): Promise<LogTail | null> {
  const file = await open(path).catch(() => null)
  if (!file) return null
  try {
    return { of, path, lines: lastLines(await lastBytes(file)) }
  } finally {
    await file.close()
  }
}

/** Pure part of `readTail`. A progress bar writes its line again and again behind `\r`: its last state counts. */
export function lastLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => sanitizeLine(line.trimEnd().split('\r').at(-1) ?? ''))
    .filter(line => line !== '')
    .slice(-LINES)
}

async function lastBytes(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const start = Math.max(0, size - BYTES)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(BYTES, size)), { position: start })
  const text = buffer.toString('utf8', 0, bytesRead)
  return start > 0 ? text.slice(text.search(/[\r\n]/) + 1) : text
}
