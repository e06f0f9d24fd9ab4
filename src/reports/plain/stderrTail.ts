import { type FileHandle, open } from 'node:fs/promises'
import { sanitizeLine } from '../text/sanitize.ts'

const LINES = 5
const BYTES = 8192

/** The last 5 lines of a job's standard error that are not blank, harmless on a terminal; none without a log. */
export async function readTail(path: string): Promise<readonly string[]> {
  const file = await open(path).catch(() => null)
  if (!file) return []
  try {
    return lastLines(await lastBytes(file))
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
