import { type AnyEventObject, createActor, type SnapshotFrom } from 'xstate'
import type { ExecutorEvent, JobEvent, JobReport } from '../../../src/events.ts'
import type { Work } from '../../../src/executor.ts'
import type { Ending } from '../../../src/job.ts'
import { type JobInput, jobMachine } from '../../../src/machines/job.ts'
import { SimulatedClock } from '../../../src/simulator/clock.ts'
import { buildJob } from '../../../src/testing/builders.ts'
import type { Coverage } from './coverage.ts'
import { record } from './recorder.ts'

export const GRACE_S = 10
export const LIMIT_S = 100
/** A job that still runs so long after it was killed is told of. */
export const STUCK_S = 10
export const JOB = buildJob({ id: 'a', retries: 1, timeoutS: LIMIT_S })

export const owner = record<JobReport>()
export const executor = record<ExecutorEvent>()

const PLACEMENT = { attempt: 1, node: 'node', threads: 1, ramGb: 0, cores: [], cpus: [], gpus: [] }
const NO_FILES = { runDir: '', jobDir: '', output: '', stdout: '', stderr: '' }

export const WORK: Work = {
  job: JOB,
  placement: { id: 'a#1', jobId: 'a', ...PLACEMENT },
  paths: NO_FILES,
}

export function ending(given: Partial<Ending> = {}): Ending {
  return {
    ok: true,
    value: undefined,
    exitCode: 0,
    signal: null,
    durationS: 5,
    peakRamGb: null,
    representative: true,
    results: {},
    ...given,
  }
}

export const FAILED = ending({ ok: false, exitCode: 1, failure: { reason: 'exit', message: 'exit code 1' } })

/** Its launcher died. */
const LOST = ending({ ok: false, failure: { reason: 'lost', message: 'its launcher died' } })
export const RAN_OUT = ending({
  ok: false,
  signal: 'SIGKILL',
  failure: { reason: 'signal', message: 'ended by SIGKILL', ranOut: 'ram' },
})

export const placed: JobEvent = { type: 'job.placed', at: 0, work: WORK, executor: executor.ref }
export const exited = (placementId: string, how: Ending): JobEvent => ({
  type: 'job.exited',
  placementId,
  ending: how,
})
export const started = (placementId: string): JobEvent => ({
  type: 'job.started',
  placementId,
  at: 0,
  pid: 7,
})
const progressed = (placementId: string): JobEvent => ({ type: 'job.progressed', placementId, fraction: 0.5 })

/** What belongs to no attempt of this job, or comes late. */
export const FOREIGN: readonly JobEvent[] = [
  started('b#1'),
  progressed('b#1'),
  exited('b#1', ending()),
  exited('a#9', FAILED),
]

const graceOver = (state: string) => ({ type: `xstate.after.grace.job.${state}.terminating` })

/** Everything that can happen to a job. The last four are the clock's. */
export const EVENTS = [
  placed,
  started('a#1'),
  progressed('a#1'),
  exited('a#1', ending()),
  exited('a#1', FAILED),
  exited('a#1', RAN_OUT),
  exited('a#1', LOST),
  { type: 'job.timedOut' },
  { type: 'job.overRam', ramGb: 8 },
  { type: 'job.evict' },
  { type: 'job.cancel' },
  { type: 'job.lost' },
  { type: 'job.retryDue' },
  ...FOREIGN,
  graceOver('overRam') as JobEvent,
  graceOver('evicting') as JobEvent,
  graceOver('timingOut') as JobEvent,
  graceOver('cancelling') as JobEvent,
] satisfies JobEvent[]

export const INPUT: JobInput = {
  job: JOB,
  mayGrow: { ram: true, gpuRam: false },
  owner: owner.ref,
  graceS: GRACE_S,
  retryDelayS: 1,
}

/** A job's actor under a clock of its own; what it tells is in `owner.told` and `executor.told`, emptied first. */
export function startJob(input: Partial<JobInput> = {}, coverage?: Coverage) {
  owner.told.length = 0
  executor.told.length = 0
  const clock = new SimulatedClock()
  const actor = createActor(jobMachine, {
    clock,
    input: { ...INPUT, ...input },
    ...(coverage && { inspect: coverage.inspect }),
  })
  actor.start()
  return { actor, clock }
}

export type RunningJobActor = ReturnType<typeof startJob>

/** Lets an event of the graph happen for real: those of the clock by letting time pass. */
export function happen({ actor, clock }: RunningJobActor, event: AnyEventObject): void {
  const { value } = actor.getSnapshot()
  if (event.type.startsWith('xstate.after.grace')) {
    const [, , , , state] = event.type.split('.')
    if (JSON.stringify(value) === JSON.stringify({ [String(state)]: 'terminating' }))
      clock.advance(GRACE_S * 1000)
  } else if (event.type === 'job.timedOut' && value === 'running' && isLimited(actor))
    clock.advance(LIMIT_S * 1000)
  else actor.send(event as JobEvent)
}

function isLimited(actor: RunningJobActor['actor']): boolean {
  return actor.getSnapshot().context.job.timeoutS !== null
}

/** What can make a difference to what comes next. */
export function serializeState({ value, context }: SnapshotFrom<typeof jobMachine>): string {
  const { attempts, grown, timedOut, startedAt, overRamGb, ending: end } = context
  const counted = Math.min(attempts - grown, JOB.retries + 1)
  return JSON.stringify([value, counted, timedOut, overRamGb, startedAt, end?.ok])
}
