import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A log that is written at once and in order, so that its lines are there when the job's end is told. */
export interface LogFile {
  write(chunk: string | Uint8Array): void
  close(): void
}

/**
 * Opens the file at the first write only: a million jobs that say nothing leave no file behind. It is appended to,
 * so that what an earlier attempt wrote stays. A write that fails (a full disk) is dropped: it must not end the job.
 */
export function createLogFile(path: string): LogFile {
  let fd: number | null = null
  return {
    write(chunk) {
      try {
        fd ??= openForAppending(path)
        writeAll(fd, chunk)
      } catch {
        // Nowhere to write to.
      }
    },
    close() {
      if (fd !== null) closeSync(fd)
      fd = null
    },
  }
}

function openForAppending(path: string): number {
  try {
    return openSync(path, 'a')
  } catch {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, 'a')
  }
}

function writeAll(fd: number, chunk: string | Uint8Array): void {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}
