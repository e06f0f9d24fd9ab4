/**
 * A worker process: runs tasks, one at a time, for the executor on the other side of its channel. Its imports are
 * few, because every worker pays for them at its start.
 */
import { inspect } from 'node:util'
import { getHeapStatistics } from 'node:v8'
import type { Work } from '../../../executor.ts'
import type { JobFailure } from '../../../job.ts'
import { failureOf } from '../../thrown.ts'
import type { Done, FromWorker, ToWorker } from '../messages.ts'
import { unpackWork } from '../packing.ts'
import { findUncloneable } from '../uncloneable.ts'
import { watchChildren } from './children.ts'
import { loadTask, type Task } from './loadTask.ts'
import { createHighWater, ownRamGb } from './ownRam.ts'
import { abort, contextOf, createRun, describeEnd, graver, isFaulty, type Result, type Run } from './run.ts'
import { redirectStreams } from './streams.ts'
import { createSurroundings } from './surroundings.ts'

const MEASURED_FROM_MS = 5
const MEASURED_EVERY_MS = 250
const ABORTED_EARLY: JobFailure = {
  reason: 'error',
  name: 'AbortError',
  message: 'The task was asked to end before it had begun.',
}

// Kept: a task may replace the globals, by fake timers for example.
const later = setImmediate
const send = takeChannel()
const surroundings = createSurroundings()
const streams = redirectStreams()
const children = watchChildren()
const highWater = createHighWater()
const tasks = new Map<string, Task>()

let current: Run | null = null
let broken = false
let measuredAt = 0

process.on('message', (message: ToWorker) => {
  if (message !== 'abort') start(unpackWork(message))
  else if (current !== null) abort(current)
})
// The scheduler is gone: nobody waits for anything here, nor for what was started here.
process.on('disconnect', () => process.kill(0, 'SIGKILL'))
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
send({ type: 'ready', ramGb: ownRamGb(), heapLimitMb: getHeapStatistics().heap_size_limit / 2 ** 20 })

/** Takes the channel away from the tasks: libraries take a `process.send` for an invitation to use it. */
function takeChannel(): (message: FromWorker) => void {
  const send = process.send?.bind(process)
  if (send === undefined) throw new Error('A task worker is started by the task executor only.')
  delete process.send
  return message => void send(message)
}

function start(work: Work): void {
  if (broken) return
  const run = createRun(work)
  current = run
  highWater.reset()
  const refusal = enter(work)
  if (refusal !== null) settle(run, { ok: false, failure: refusal, spent: false })
  else if (work.job.run.kind === 'task') runTask(run, work.job.run)
}

function runTask(run: Run, { module, args }: { module: string; args: unknown }): void {
  const task = tasks.get(module)
  if (task === undefined) void load(run, module, args)
  else call(run, task, args)
}

function enter(work: Work): JobFailure | null {
  streams.enter(work.paths)
  children.enter(work.paths)
  try {
    surroundings.enter(work)
    return null
  } catch (error) {
    const { message } = failureOf(error)
    return {
      reason: 'start',
      message: `The job's folder (cwd) ${work.job.cwd} cannot be entered: ${message}`,
    }
  }
}

async function load(run: Run, module: string, args: unknown): Promise<void> {
  const loading = await loadTask(module)
  if (!loading.ok) return settle(run, { ok: false, failure: loading.failure, spent: !loading.retryable })
  tasks.set(module, loading.task)
  if (run.aborted) return settle(run, { ok: false, failure: ABORTED_EARLY, spent: false })
  if (run.result === null) call(run, loading.task, args)
}

function call(run: Run, task: Task, args: unknown): void {
  try {
    const returned = task(args, contextOf(run, streams.log, tellProgress))
    if (isThenable(returned)) void follow(run, returned)
    else settle(run, { ok: true, value: returned })
  } catch (error) {
    settle(run, { ok: false, failure: failureOf(error), spent: false })
  }
}

async function follow(run: Run, returned: PromiseLike<unknown>): Promise<void> {
  try {
    settle(run, { ok: true, value: await returned })
  } catch (error) {
    settle(run, { ok: false, failure: failureOf(error), spent: false })
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function tellProgress(fraction: number): void {
  send({ type: 'progressed', fraction })
}

/** Its end is told when Node has had its chance to find a promise that was rejected and left alone. */
function settle(run: Run, result: Result): void {
  if (run !== current) return
  if (run.result === null) later(report, run, performance.now() - run.startedAt)
  run.result = graver(run.result, result)
}

/** What nobody caught fails the task that runs; the process is in doubt after it. */
function fail(error: unknown): void {
  if (current !== null) settle(current, { ok: false, failure: failureOf(error), spent: true })
  else giveUp(error)
}

function giveUp(error: unknown): void {
  broken = true
  process.stderr.write(`${inspect(error)}\n`)
  send({ type: 'broken' })
}

function report(run: Run, durationMs: number): void {
  const done = describe(run, durationMs)
  current = null
  tell(done)
}

/** Whatever goes wrong here (a folder that is gone, a log that was closed): each task has an end. */
function describe(run: Run, durationMs: number): Done {
  const durationS = durationMs / 1000
  try {
    const done = { ...describeEnd(run, durationS), ...measure(durationMs) }
    const isSpent = isFaulty(run.result) || children.areLeft()
    leave()
    return isSpent ? { ...done, spent: true } : done
  } catch (error) {
    return { type: 'done', durationS, failure: failureOf(error), spent: true }
  }
}

function leave(): void {
  streams.leave()
  surroundings.leave()
  process.exitCode = undefined
}

/** A short task is over before its memory could say anything about it; now and then one is measured for the process's own growth. */
function measure(durationMs: number): Pick<Done, 'peakRamGb' | 'ramGb'> {
  const now = performance.now()
  const isLong = durationMs >= MEASURED_FROM_MS
  if (!isLong && now - measuredAt < MEASURED_EVERY_MS) return {}
  measuredAt = now
  return { ramGb: ownRamGb(), ...(isLong && { peakRamGb: highWater.read() }) }
}

function tell(done: Done): void {
  try {
    send(done)
  } catch (error) {
    const what = findUncloneable(done.value, 'result') ?? failureOf(error).message
    const message = `The task's result cannot be handed over: ${what}. Return plain data (also Map, Set, Date, Error, BigInt, typed arrays).`
    const { value: _, ...rest } = done
    send({ ...rest, failure: { reason: 'error', name: 'DataCloneError', message } })
  }
}
