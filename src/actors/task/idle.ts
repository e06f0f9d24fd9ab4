/** Workers that wait for a task. */
export interface IdleWorkers<W> {
  readonly size: number
  /** The worker of this kind that has waited the shortest: its caches are the warmest. */
  take(key: string): W | undefined
  put(key: string, worker: W, at: number): void
  remove(worker: W): void
  /** Takes the one that has waited the longest, of whatever kind. */
  takeOldest(): W | undefined
  /** Takes those that `isStale` says so of, given since when they have waited. */
  takeStale(isStale: (worker: W, since: number) => boolean): W[]
}

export function createIdleWorkers<W>(): IdleWorkers<W> {
  // In the order in which they began to wait.
  let waiting: { readonly key: string; readonly worker: W; readonly since: number }[] = []
  return {
    get size() {
      return waiting.length
    },
    take(key) {
      const at = waiting.findLastIndex(entry => entry.key === key)
      return at < 0 ? undefined : waiting.splice(at, 1)[0]?.worker
    },
    put(key, worker, since) {
      waiting.push({ key, worker, since })
    },
    remove(worker) {
      waiting = waiting.filter(entry => entry.worker !== worker)
    },
    takeOldest: () => waiting.shift()?.worker,
    takeStale(isStale) {
      const stale = waiting.filter(entry => isStale(entry.worker, entry.since))
      waiting = waiting.filter(entry => !stale.includes(entry))
      return stale.map(entry => entry.worker)
    },
  }
}
