import { mkdirSync } from 'node:fs'
import { format } from 'node:util'
import type { Work } from '../executor.ts'
import type { JobContext } from '../job.ts'

/** Where what a job says through its context goes to. */
export interface ContextPort {
  /** Made when a job first asks for its signal: most never do, and it is what a context costs most. */
  signal(): AbortSignal
  log(line: string): void
  progressed(fraction: number): void
  notRepresentative(): void
}

/**
 * The context of a task or an inline function. Its functions need no `this`, so that a job may take it apart
 * (`(args, { log, signal }) => …`). `jobDir` makes the folder when it is first read.
 */
export function createContext({ job, placement, paths }: Work, port: ContextPort): JobContext {
  return {
    id: job.id,
    name: job.name,
    attempt: placement.attempt,
    node: placement.node,
    threads: placement.threads,
    ramGb: placement.ramGb,
    cores: placement.cores,
    gpus: placement.gpus.map(gpu => gpu.id),
    runDir: paths.runDir,
    get jobDir() {
      mkdirSync(paths.jobDir, { recursive: true, mode: 0o700 })
      return paths.jobDir
    },
    get signal() {
      return port.signal()
    },
    log: (...values) => port.log(`${format(...values)}\n`),
    progress: fraction => port.progressed(checkedFraction(fraction)),
    notRepresentative: () => port.notRepresentative(),
  }
}

/** Rounding may carry a fraction just beyond its ends; what is no number at all is a fault of the job. */
function checkedFraction(fraction: number): number {
  if (typeof fraction !== 'number' || Number.isNaN(fraction)) {
    throw new TypeError(`Expected progress(fraction) to be given a number in [0, 1], got ${format(fraction)}`)
  }
  return Math.min(1, Math.max(0, fraction))
}

const SMALLEST_STEP = 0.005
const LONGEST_SILENCE_MS = 100

/** Lets through what is news: a job may tell its progress in its innermost loop. */
export function createProgressFilter(pass: (fraction: number) => void): (fraction: number) => void {
  let last = Number.NaN
  let at = Number.NEGATIVE_INFINITY
  return fraction => {
    const now = performance.now()
    const isNews = !(Math.abs(fraction - last) < SMALLEST_STEP) || now - at >= LONGEST_SILENCE_MS
    if (!isNews || fraction === last) return
    last = fraction
    at = now
    pass(fraction)
  }
}
