import { openSync, readFileSync, writeSync } from 'node:fs'

const KIB_PER_GIB = 2 ** 20
const FRESH_MS = 5

/** Resident memory of this process in GiB; costs about 8 µs. */
export function ownRamGb(): number {
  return process.memoryUsage.rss() / 2 ** 30
}

/** The kernel's own high-water mark of this process's memory. */
export interface HighWater {
  /** Starts it anew from what is resident now, unless that was done within the last 5 ms: it costs 1–7 µs. */
  reset(): void
  /** Highest resident memory in GiB since then; costs about 15 µs. Where the kernel gives none, what is resident now. */
  read(): number
}

export function createHighWater(): HighWater {
  const control = openControl()
  if (control === null) return { reset: () => {}, read: ownRamGb }
  let resetAt = 0
  return {
    reset() {
      const now = performance.now()
      if (now - resetAt < FRESH_MS) return
      resetAt = now
      writeSync(control, '5')
    },
    read: () => readPeakGb() ?? ownRamGb(),
  }
}

/** `/proc/PID/clear_refs`: a 5 resets `VmHWM` (proc(5)). Some sandboxes refuse it. */
function openControl(): number | null {
  try {
    const control = openSync('/proc/self/clear_refs', 'w')
    writeSync(control, '5')
    return control
  } catch {
    return null
  }
}

function readPeakGb(): number | null {
  const line = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return line === null ? null : Number(line[1]) / KIB_PER_GIB
}
