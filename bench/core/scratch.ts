import { accessSync, constants, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const IN_MEMORY = '/dev/shm'

/**
 * A new folder for what a bench writes: in memory where the system has such a folder. On a disk the figures depend on
 * what was removed before: an ext4 without a journal passes by each inode that was freed in the last minutes whenever
 * it makes a file (`recently_deleted` in Linux, fs/ext4/ialloc.c), and that took a third of a launcher's time.
 */
export function makeScratch(): string {
  return mkdtempSync(join(isWritable(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'longshore-bench-'))
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
