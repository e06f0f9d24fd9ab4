import { stat } from 'node:fs/promises'
import { BrokenFile, type Source } from './entry.ts'

/** Throws `BrokenFile` where there is no file to read. */
export async function mustExist(source: Source): Promise<void> {
  if (source.path === null) return
  const found = await stat(source.path).catch(error => {
    throw unreadable(source, error)
  })
  if (found.isDirectory()) throw new BrokenFile(source.shown, 'expected a file, got a folder')
}

/** The error of the file system in words for people. */
export function unreadable({ shown, path }: Source, error: unknown): BrokenFile {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT') return new BrokenFile(shown, `no such file (looked for ${path})`)
  if (code === 'EISDIR') return new BrokenFile(shown, 'expected a file, got a folder')
  if (code === 'EACCES' || code === 'EPERM') return new BrokenFile(shown, 'no permission to read this file')
  return new BrokenFile(shown, `cannot be read: ${error instanceof Error ? error.message : String(error)}`)
}
