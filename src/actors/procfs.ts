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

/** Whether it was stopped (SIGSTOP, Ctrl-Z), and does nothing until it is continued. */
export function isStopped(pid: number): boolean {
  const stat = readProc(`/proc/${pid}/stat`)
  return stat !== null && /^[Tt] /.test(stat.slice(stat.lastIndexOf(')') + 2))
}

/** Names this start of the machine; `null` where the kernel does not tell (macOS). After a new start no process lives. */
export function bootId(): string | null {
  return readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? null
}

/**
 * When a process was started, in clock ticks since the machine was: with the id of the process it names it for as long
 * as the machine runs, which the id alone does not. `null` for one that is gone.
 */
export function startTicks(pid: number): number | null {
  const stat = readProc(`/proc/${pid}/stat`)
  if (stat === null) return null
  // The 22nd field; the name in parentheses, which may hold anything, is the second.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ', 20)[19])
}
