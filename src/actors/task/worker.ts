import type { Ending, JobPaths } from '../../job.ts'
import { createLogFile } from '../logFile.ts'
import type { WorkerKind } from './kind.ts'
import type { Run } from './run.ts'
import type { Wear } from './wear.ts'
import type { WorkerProcess } from './workerProcess.ts'

/** A worker as the executor keeps it: a process, and what it does now. */
export interface Worker {
  readonly kind: WorkerKind
  readonly process: WorkerProcess
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number
  /** Resident memory in GiB before it had loaded anything; `null` until it is up. */
  bareRamGb: number | null
  ramGb: number
  tasks: number
  /** `null` while it idles. */
  run: Run | null
  /** How the run came out, where it is told only when the worker has gone. */
  settled: Ending | null
  isEnding: boolean
  /** Files of the latest run: what the process itself prints belongs to it. */
  paths: JobPaths | null
}

export function createWorker(kind: WorkerKind, process: WorkerProcess): Worker {
  return {
    kind,
    process,
    startedAt: performance.now(),
    bareRamGb: null,
    ramGb: 0,
    tasks: 0,
    run: null,
    settled: null,
    isEnding: false,
    paths: null,
  }
}

/** Its process is asked to go, and what runs in it with it. */
export function endWorker(worker: Worker): void {
  worker.isEnding = true
  worker.process.end()
}

export function wearOf(worker: Worker): Wear {
  const ageS = (performance.now() - worker.startedAt) / 1000
  return { tasks: worker.tasks, ageS, bareRamGb: worker.bareRamGb ?? 0, ramGb: worker.ramGb }
}

/** Adds to the job's logs what did not go through the streams of the worker's JavaScript. */
export function keepPrinted({ paths }: Worker, stream: 'stdout' | 'stderr', chunk: Buffer): void {
  if (paths === null) return
  const file = createLogFile(paths[stream])
  file.write(chunk)
  file.close()
}
