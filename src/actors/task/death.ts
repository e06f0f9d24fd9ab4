import type { JobFailure } from '../../job.ts'
import { NO_MORE } from '../spawnReasons.ts'

/** How a worker process ended. */
export type Death =
  | { readonly kind: 'unstarted'; readonly error: Error }
  | {
      readonly kind: 'ended'
      readonly exitCode: number | null
      readonly signal: NodeJS.Signals | null
      /** The end of what it wrote to its standard error itself. */
      readonly stderr: string
      /** V8's heap limit in MiB; `null` where it ended before it could say so. */
      readonly heapLimitMb: number | null
      /** It ended at the executor's own request. */
      readonly wanted: boolean
    }

/** V8 says so on standard error before it aborts. */
const HEAP_EXHAUSTED = 'JavaScript heap out of memory'

/** Why a task failed whose worker process has ended. */
export function explainDeath(death: Death): JobFailure {
  if (death.kind === 'unstarted') return explainUnstarted(death.error)
  if (death.stderr.includes(HEAP_EXHAUSTED)) return explainHeap(death.heapLimitMb)
  if (death.signal !== null) return explainSignal(death.signal, death.wanted)
  if (death.heapLimitMb === null) return explainStillborn(death.exitCode, death.stderr)
  const code = death.exitCode ?? 0
  const message = `The task ended its worker process with exit code ${code}: it called process.exit(), or a native module did. Return a value, or throw an error.`
  return { reason: 'exit', message }
}

function explainUnstarted(error: Error): JobFailure {
  const isTaskset = 'path' in error && error.path === 'taskset'
  const why = ('code' in error && NO_MORE[String(error.code)]) || error.message
  const advice = isTaskset ? ' A job with physicalCores needs taskset: install util-linux.' : ''
  return { reason: 'start', message: `The worker process could not be started: ${why}.${advice}` }
}

function explainHeap(limitMb: number | null): JobFailure {
  const limit = limitMb === null ? 'V8' : `V8 limit ${Math.round(limitMb)} MB`
  const message = `worker ran out of heap (${limit}): hold less in JavaScript objects at once, keep large numbers in typed arrays (they are outside of this heap), or ask for more ramGb, to which the limit is raised.`
  return { reason: 'signal', message, ranOut: 'ram' }
}

function explainSignal(signal: NodeJS.Signals, wanted: boolean): JobFailure {
  return { reason: 'signal', message: `worker ended by ${signal}${wanted ? '' : hint(signal)}` }
}

function hint(signal: NodeJS.Signals): string {
  if (signal === 'SIGKILL')
    return ', sent from outside: by a user, or by the kernel when memory ran out (see dmesg)'
  const isCrash = signal === 'SIGSEGV' || signal === 'SIGBUS' || signal === 'SIGILL' || signal === 'SIGABRT'
  return isCrash ? ': a crash in Node or in a native module, see the job’s error log' : ''
}

function explainStillborn(exitCode: number | null, stderr: string): JobFailure {
  const lines = stderr.trim().split('\n')
  const said = lines.find(line => /error|not|fail|invalid/i.test(line)) ?? lines.at(-1) ?? ''
  return {
    reason: 'start',
    message: `The worker process ended with exit code ${exitCode} before it was ready: ${said.trim()}`,
  }
}
