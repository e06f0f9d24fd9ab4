import { closeSync, mkdirSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type JobOutput, parseOutput } from '../output.ts'
import type { CommandStart } from './protocol.ts'

/** Only the run's user may look into what its jobs write. */
const PRIVATE = 0o700
/** Of an output file that is longer, the beginning counts: it is meant for figures, not for data. */
const MOST_OUTPUT_BYTES = 2 ** 20

/** Makes a folder, and each only once: to ask the file system for every job would cost as much as a job. */
export type FolderMaker = (path: string) => void

export function createFolderMaker(): FolderMaker {
  const made = new Set<string>()
  return path => {
    if (made.has(path)) return
    mkdirSync(path, { recursive: true, mode: PRIVATE })
    made.add(path)
  }
}

/** Makes the job's own folder; what an earlier attempt wrote as its output is removed. */
export function prepareJobFolder({ jobDir, output }: CommandStart): void {
  const isNew = mkdirSync(jobDir, { recursive: true, mode: PRIVATE }) !== undefined
  if (!isNew) rmSync(output, { force: true })
}

/** Opens both logs, hands their descriptors to `use`, closes them. Later attempts are written below earlier ones. */
export function withLogs<T>(
  start: CommandStart,
  makeFolder: FolderMaker,
  use: (...logs: [number, number]) => T,
): T {
  makeFolder(dirname(start.stdout))
  makeFolder(dirname(start.stderr))
  return withFile(start.stdout, 'a', stdout => withFile(start.stderr, 'a', stderr => use(stdout, stderr)))
}

/** The output file of a job. */
export interface OutputFile {
  /** What it holds now; where it cannot be read, what it held last. */
  read(): JobOutput
}

/** It is read again only when it has changed; a missing one costs a single system call. */
export function openOutput(path: string): OutputFile {
  let seen = ''
  let output = parseOutput('')
  const readChanged = (): void => {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat?.isFile() || seen === `${stat.size} ${stat.mtimeMs}`) return
    seen = `${stat.size} ${stat.mtimeMs}`
    output = parseOutput(readBeginning(path, Math.min(stat.size, MOST_OUTPUT_BYTES)))
  }
  return {
    read() {
      try {
        readChanged()
      } catch {
        // The job may have removed it in this moment, or taken our permission: that is no fault of the launcher.
      }
      return output
    },
  }
}

function readBeginning(path: string, bytes: number): string {
  const buffer = Buffer.alloc(bytes)
  return withFile(path, 'r', fd => buffer.toString('utf8', 0, readSync(fd, buffer, 0, bytes, 0)))
}

function withFile<T>(path: string, flags: string, use: (fd: number) => T): T {
  const fd = openSync(path, flags)
  try {
    return use(fd)
  } finally {
    closeSync(fd)
  }
}
