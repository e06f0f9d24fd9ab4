import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a part of a run took. */
export interface Stage {
  readonly wallS: number
  /** CPU time of the whole process. */
  readonly cpuS: number
  /** The longest that the event loop was held, as `perf_hooks` saw it: other processes that wanted the core included. */
  readonly heldMs: number
  /** The longest turn of the event loop, in CPU time of its thread: of that alone. */
  readonly turnCpuMs: number
  /** Resident memory at its end. */
  readonly rssGb: number
}

/** CPU time of this thread in milliseconds. */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Measures what is done until the function that it returns is called. */
export function beginStage(): () => Stage {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const turns = watchTurns()
  const [cpu, startedAt] = [process.cpuUsage(), performance.now()]
  return () => {
    delay.disable()
    const { user, system } = process.cpuUsage(cpu)
    return {
      wallS: (performance.now() - startedAt) / 1000,
      cpuS: (user + system) / 1e6,
      heldMs: delay.max / 1e6,
      turnCpuMs: turns.stop(),
      rssGb: process.memoryUsage.rss() / 2 ** 30,
    }
  }
}

/** Looks at the thread's CPU time in every turn of the event loop. */
function watchTurns(): { stop(): number } {
  let longest = 0
  let before = threadCpuMs()
  let isOver = false
  const look = () => {
    const now = threadCpuMs()
    longest = Math.max(longest, now - before)
    before = threadCpuMs()
    if (!isOver) setImmediate(look)
  }
  setImmediate(look)
  return {
    stop() {
      isOver = true
      return longest
    },
  }
}
