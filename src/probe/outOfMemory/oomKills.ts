import { readFileSync } from 'node:fs'

/** How often the kernel has killed a process for want of memory since it was started; `null` where it does not say. */
export function readOomKills(): number | null {
  try {
    return parseOomKills(readFileSync('/proc/vmstat', 'utf8'))
  } catch {
    return null
  }
}

/** Reads `oom_kill` of `/proc/vmstat`; it counts what a cgroup's own limit has killed, too. */
export function parseOomKills(vmstat: string): number | null {
  const count = /^oom_kill (\d+)$/m.exec(vmstat)?.[1]
  return count === undefined ? null : Number(count)
}

const LOOK_EVERY_MS = 1000

/** Counts kills for whoever starts many things: it looks at most once a second, and again when something was killed. */
export interface OomKills {
  /** The count now, or as of at most a second ago: to be kept for `since`. */
  mark(): number | null
  /** How many there were since a mark; `null` where that is not known. */
  since(mark: number | null): number | null
}

export function createOomKills(
  read: () => number | null = readOomKills,
  now = () => performance.now(),
): OomKills {
  let lookedAt = Number.NEGATIVE_INFINITY
  let count: number | null = null
  const look = (): number | null => {
    lookedAt = now()
    count = read()
    return count
  }
  return {
    mark: () => (now() - lookedAt < LOOK_EVERY_MS ? count : look()),
    since(mark) {
      const current = look()
      return mark === null || current === null ? null : current - mark
    },
  }
}
