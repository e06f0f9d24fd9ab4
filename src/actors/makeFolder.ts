import { mkdirSync, rmdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it, for their user alone, where they are not there. One by one: Node's own `recursive`
 * goes on for ever where a system refuses with ENOENT, as in /proc. Throws what the system says.
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have been faster.
    if (!isFolder(path)) throw error
  }
}

/** Takes a folder away where nothing is in it. */
export function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch {
    // It was never made, or holds something that is still needed.
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
