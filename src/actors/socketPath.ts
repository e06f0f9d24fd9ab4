import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'

/** The kernel takes no longer path for a socket: 108 bytes with the final NUL on Linux, 104 on macOS. */
const LONGEST = process.platform === 'linux' ? 107 : 103

/** A name for a socket that the kernel takes, for as long as `done` has not been called. */
export interface ShortPath {
  readonly name: string
  done(): void
}

/** A socket in a folder, however long the path of the folder is: on Linux by way of its descriptor. */
export function shortPath(folder: string, file: string): ShortPath {
  const path = join(folder, file)
  if (Buffer.byteLength(path) <= LONGEST || process.platform !== 'linux')
    return { name: path, done: () => {} }
  const descriptor = openSync(folder, 'r')
  return { name: `/proc/self/fd/${descriptor}/${file}`, done: () => closeSync(descriptor) }
}
