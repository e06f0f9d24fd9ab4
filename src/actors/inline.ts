import type { Executor, ExecutorReport, Work } from '../executor.ts'
import type { Ending, InlineFunction, JobFailure } from '../job.ts'
import { createContext, createProgressFilter } from './context.ts'
import { createLogFile, type LogFile } from './logFile.ts'
import { failureOf } from './thrown.ts'

/** Options of `createInlineExecutor`. */
export interface InlineExecutorOptions {
  /** Milliseconds since the epoch: what `job.started` tells. */
  now(): number
}

/**
 * Runs functions in this process, with the same context as tasks.
 *
 * A function can be asked to end (`context.signal`), but not be made to: `terminate` and `kill` both abort its
 * signal, and its resources stay taken until it has settled, since only then does it use them no more. A `kill`
 * that finds it running says so in the job's error log. `close` does not wait for functions that ignore their signal:
 * they are told as failed, and end with this process at the latest.
 */
export function createInlineExecutor(options: InlineExecutorOptions): Executor {
  const running = new Map<string, Call>()
  const finish = (call: Call, ending: Ending): void => {
    const { id } = call.work.placement
    if (running.get(id) !== call) return
    running.delete(id)
    call.log?.close()
    call.tell({ type: 'job.exited', placementId: id, ending })
  }
  return {
    start(work, tell) {
      const call = createCall(work, tell)
      const placementId = work.placement.id
      running.set(placementId, call)
      tell({ type: 'job.started', placementId, at: options.now(), pid: process.pid })
      run(call, finish)
    },
    terminate(placementId) {
      abort(running.get(placementId))
    },
    kill(placementId) {
      const call = running.get(placementId)
      abort(call)
      if (call !== undefined) noteUnkillable(call)
    },
    async close() {
      for (const call of running.values()) {
        abort(call)
        finish(call, endingOf(call, ABANDONED))
      }
    },
  }
}

/** A function that runs. */
interface Call {
  readonly work: Work
  readonly tell: (report: ExecutorReport) => void
  readonly startedAt: number
  representative: boolean
  controller: AbortController | null
  aborted: boolean
  log: LogFile | null
}

type Result = { readonly value: unknown } | { readonly failure: JobFailure }

const ABANDONED: Result = {
  failure: {
    reason: 'lost',
    message: 'The scheduler was closed while the function ran. It may still run in this process.',
  },
}

function createCall(work: Work, tell: Call['tell']): Call {
  const startedAt = performance.now()
  return { work, tell, startedAt, representative: true, controller: null, aborted: false, log: null }
}

function run(call: Call, finish: (call: Call, ending: Ending) => void): void {
  const succeed = (value: unknown): void => finish(call, endingOf(call, { value }))
  const fail = (error: unknown): void => finish(call, endingOf(call, { failure: failureOf(error) }))
  try {
    const returned = functionOf(call.work)(contextOf(call))
    if (isThenable(returned)) void Promise.resolve(returned).then(succeed, fail)
    else succeed(returned)
  } catch (error) {
    fail(error)
  }
}

function functionOf({ job }: Work): InlineFunction {
  if (job.run.kind !== 'inline')
    throw new TypeError(`Expected an inline job, got one of kind ${job.run.kind}`)
  return job.run.fn
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function contextOf(call: Call): ReturnType<typeof createContext> {
  const { work, tell } = call
  const placementId = work.placement.id
  return createContext(work, {
    signal: () => signalOf(call),
    log(line) {
      call.log ??= createLogFile(work.paths.stdout)
      call.log.write(line)
    },
    progressed: createProgressFilter(fraction => tell({ type: 'job.progressed', placementId, fraction })),
    notRepresentative() {
      call.representative = false
    },
  })
}

function signalOf(call: Call): AbortSignal {
  call.controller ??= new AbortController()
  if (call.aborted) call.controller.abort()
  return call.controller.signal
}

function abort(call: Call | undefined): void {
  if (call === undefined) return
  call.aborted = true
  call.controller?.abort()
}

function noteUnkillable({ work }: Call): void {
  const log = createLogFile(work.paths.stderr)
  log.write(
    'This function was to be ended at once, but a function can only end itself: pass on context.signal.\n',
  )
  log.close()
}

function endingOf(call: Call, result: Result): Ending {
  const isFailure = 'failure' in result
  return {
    ok: !isFailure,
    value: isFailure ? undefined : result.value,
    exitCode: null,
    signal: null,
    ...(isFailure && { failure: result.failure }),
    durationS: (performance.now() - call.startedAt) / 1000,
    peakRamGb: null,
    representative: call.representative,
    results: {},
  }
}
