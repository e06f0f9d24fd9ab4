import { dirname } from 'node:path'

/** What keeps anything from being written into a folder, whoever wants to: no fault of the job that meets it first. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'the quota of this user is used up: make room',
  EFBIG: 'files may not become longer (ulimit -f)',
  EROFS: 'its file system is read-only: look after the disk, or mount it so that it can be written',
  EIO: 'the disk fails: look after it',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
}

/** Why files of the run cannot be written and what to do, one line for people; `null` for an error that says something else. */
export function folderTrouble(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null
  if (String(error.syscall).startsWith('spawn')) return null
  const reason = REASONS[String(error.code)]
  if (reason === undefined) return null
  const where = 'path' in error ? dirname(String(error.path)) : 'the folder of the run'
  return `cannot write to ${where}: ${reason}`
}
