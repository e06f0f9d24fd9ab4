import type { Job, Outcome, Request } from '../../job.ts'
import type { Again, Grown, Held } from './writer.ts'

/**
 * What a journal holds was right when it was written. A file that was damaged or edited since may hold anything: what
 * makes no sense is not to be run. Each throws a TypeError that names what is wrong.
 */
export function checkJob(job: Job): Job {
  const { name, group, run, request, timeS, priority, retries, timeoutS, env, cwd } = job
  must(isText(name) && isText(group), 'name')
  if (run.kind === 'command')
    must(isText(run.command) || (isListOf(run.command, isText) && run.command.length > 0), 'command')
  if (run.kind === 'task') must(isText(run.module), 'task')
  checkRequest(request)
  must(
    [timeS, timeoutS].every(time => time === null || isAmount(time)),
    'timeS',
  )
  must(Number.isInteger(priority) && Number.isInteger(retries) && retries >= 0, 'retries')
  must(isObject(env) && Object.values(env).every(isText) && (cwd === null || isText(cwd)), 'env')
  return job
}

/** One by one: a hundred thousand lists of a resume would take longer than all the rest of this. */
function checkRequest(request: Request): void {
  const { threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources } = request
  const isCpu = isAmount(threads) && isAmount(ramGb) && isAmount(physicalCores)
  must(isCpu && isAmount(gpus) && isAmount(gpuShare) && isAmount(gpuRamGb), 'request')
  must(areAmounts(resources), 'request')
}

/** The same for the end of a job. */
export function checkOutcome(outcome: Outcome): Outcome {
  const { durationS, attempts, startedAt, peakRamGb, exitCode, failure, results } = outcome
  must(isAmount(durationS) && Number.isInteger(attempts), 'duration')
  must([startedAt, peakRamGb, exitCode].every(isNumberOrNull), 'figures')
  must(failure === undefined || isFailure(failure), 'failure')
  must(isObject(results), 'results')
  return outcome
}

/** The same for what a placement holds; `null` for one that holds nothing. */
export function checkHeld(held: Held | null): Held | null {
  if (held === null) return null
  must(isObject(held) && isObject(held.grant) && isListOf(held.gpuIds, isText), 'held')
  const { cores, gpus, resources, ...amounts } = held.grant
  must(Object.values(amounts).every(isAmount), 'held')
  must(isListOf(cores, isAmount) && isListOf(gpus, isAmount), 'held')
  must(Array.isArray(resources) && resources.every(own => isText(own?.[0]) && isAmount(own?.[1])), 'held')
  return held
}

/** The same for the memory that a job was given more of. */
export function checkGrown(grown: Grown | null): Grown | null {
  must(grown === null || (isObject(grown) && [grown.times, grown.ram, grown.gpuRam].every(isAmount)), 'grown')
  return grown
}

/** The same for when a job is tried again. */
export function checkAgain(again: Again | null): Again | null {
  must(again === null || (isAmount(again.at) && isFailure(again.failure)), 'again')
  return again
}

function must(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new TypeError(`its ${what} makes no sense`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || (typeof value === 'number' && Number.isFinite(value))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function areAmounts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isAmount)
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is)
}

function isFailure(value: unknown): boolean {
  return isObject(value) && 'reason' in value && 'message' in value && isText(value.message)
}
