import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const BYTES = 16 * 1024

/** The end of a log, at most 16 KiB; nothing where it cannot be read. */
export function readLogTail(path: string): string {
  try {
    const fd = openSync(path, 'r')
    try {
      const { size } = fstatSync(fd)
      const buffer = Buffer.alloc(Math.min(size, BYTES))
      const read = readSync(fd, buffer, 0, buffer.length, size - buffer.length)
      return buffer.toString('utf8', 0, read)
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}
