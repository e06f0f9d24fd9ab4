import { writeSync } from 'node:fs'
import { Writable } from 'node:stream'
import type { JobPaths } from '../../../job.ts'
import { createLogFile, type LogFile } from '../../logFile.ts'

/** Where this process's output goes to. */
export interface Streams {
  /** From now on it goes to the log files of this job. */
  enter(paths: JobPaths): void
  /** Closes them: from now on it goes to the scheduler, which knows whose it was. */
  leave(): void
  /** A line of `context.log`. */
  log(line: string): void
}

/**
 * Puts streams of our own in the place of `process.stdout` and `process.stderr` (`console` writes to these), which
 * write straight into the log files of the job that runs. What native code or a child process writes to the file
 * descriptors 1 and 2 does not come by here; the scheduler's side adds it to the logs.
 */
export function redirectStreams(): Streams {
  const files: { out: LogFile | null; err: LogFile | null } = { out: null, err: null }
  replaceStream('stdout', 1, chunk => write(files.out, 1, chunk))
  replaceStream('stderr', 2, chunk => write(files.err, 2, chunk))
  return {
    enter(paths) {
      files.out = createLogFile(paths.stdout)
      files.err = createLogFile(paths.stderr)
    },
    leave() {
      files.out?.close()
      files.err?.close()
      files.out = files.err = null
    },
    log: line => write(files.out, 1, line),
  }
}

/** Made when it is first asked for: a worker that prints nothing needs no stream. */
function replaceStream(
  name: 'stdout' | 'stderr',
  fd: number,
  put: (chunk: string | Uint8Array) => void,
): void {
  let stream: Writable | null = null
  const get = (): Writable => {
    stream ??= Object.assign(createStream(put), { fd })
    return stream
  }
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get })
}

function createStream(put: (chunk: string | Uint8Array) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, encoding, done) {
      put(typeof chunk === 'string' && !isUtf8(encoding) ? Buffer.from(chunk, encoding) : chunk)
      done()
    },
  })
}

function isUtf8(encoding: string): boolean {
  return encoding === 'utf8' || encoding === 'utf-8'
}

function write(file: LogFile | null, fd: number, chunk: string | Uint8Array): void {
  if (file !== null) file.write(chunk)
  else writeRaw(fd, chunk)
}

function writeRaw(fd: number, chunk: string | Uint8Array): void {
  try {
    typeof chunk === 'string' ? writeSync(fd, chunk) : writeSync(fd, chunk)
  } catch {
    // The scheduler's side is gone.
  }
}
