import { readdirSync, readFileSync } from 'node:fs'

/** Ids of all processes that can be seen; none where there is no `/proc`. */
export function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter(name => name >= '0' && name < ':')
      .map(Number)
  } catch {
    return []
  }
}

/** A file of `/proc`. A process may end between two looks, or belong to somebody else: then there is nothing to read. */
export function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
