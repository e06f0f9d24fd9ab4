import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'

/** The files of `/proc`, `/sys` and `/etc` as a port: real ones here, recorded ones in tests. */
export interface SystemFiles {
  /** Text of a file (its first `maxBytes` bytes, where given), `null` where it cannot be read. */
  read(path: string, maxBytes?: number): string | null
  /** Names in a folder, empty where it cannot be read. */
  list(folder: string): readonly string[]
  exists(path: string): boolean
}

/** Files of this machine, read synchronously: they are in memory, and a few hundred reads take milliseconds. */
export const systemFiles: SystemFiles = {
  read(path, maxBytes) {
    try {
      return maxBytes === undefined ? readFileSync(path, 'utf8') : readStart(path, maxBytes)
    } catch {
      return null
    }
  },
  list(folder) {
    try {
      return readdirSync(folder)
    } catch {
      return []
    }
  },
  exists: existsSync,
}

function readStart(path: string, maxBytes: number): string {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(maxBytes)
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, maxBytes, 0))
  } finally {
    closeSync(file)
  }
}

/** A whole number in a file, `null` where there is none. */
export function readNumber(files: SystemFiles, path: string): number | null {
  const text = files.read(path)?.trim()
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null
}
