import { beforeAll, describe, expect, it } from 'vitest'
import type { JobReport, Settlement } from '../../src/events.ts'
import type { JobFailure } from '../../src/job.ts'
import { jobMachine } from '../../src/machines/job.ts'
import { NO_GROWTH } from '../../src/machines/jobState.ts'
import { retryDelay } from '../../src/machines/retryDelay.ts'
import { hushXState } from '../support/hushXState.ts'
import { Coverage } from './support/coverage.ts'
import { type Route, routesOf, titleOf } from './support/edges.ts'
import {
  EVENTS,
  ending,
  executor,
  exited,
  FAILED,
  FOREIGN,
  GRACE_S,
  happen,
  INPUT,
  LIMIT_S,
  owner,
  placed,
  type RunningJobActor,
  STUCK_S,
  serializeState,
  started,
  startJob,
} from './support/job.ts'

hushXState()
const coverage = new Coverage(jobMachine)
const TERMINAL = ['succeeded', 'failed', 'cancelled']

describe.each([
  ['with a time limit', INPUT],
  [
    'without a time limit, and without more memory anywhere',
    { ...INPUT, mayGrow: NO_GROWTH, job: { ...INPUT.job, timeoutS: null } },
  ],
])('the job machine, along every edge of its graph, %s', (_, input) => {
  let routes: Route<typeof jobMachine>[]
  beforeAll(() => {
    routes = routesOf(jobMachine, { events: EVENTS, input, serializeState })
    console.log(`job: ${routes.length} routes`)
  })

  it('is in the state that the graph says, after each step of each route', () => {
    for (const route of routes) {
      const job = startJob(input, coverage)
      for (const { event, state } of route) {
        happen(job, event)
        expect(job.actor.getSnapshot().value, titleOf(route)).toEqual(state.value)
      }
    }
  })

  it('tells each outcome once, and each attempt is settled once', () => {
    for (const route of routes) {
      const job = startJob(input)
      const visits = route.map(({ event }) => {
        happen(job, event)
        return job.actor.getSnapshot()
      })
      const last = visits.at(-1)?.value
      expect(settledAs('ended'), titleOf(route)).toHaveLength(TERMINAL.includes(String(last)) ? 1 : 0)
      const entered = visits.filter(
        ({ value }, i) => value === 'retrying' && visits[i - 1]?.value !== 'retrying',
      )
      expect(settledAs('retrying'), titleOf(route)).toHaveLength(entered.length)
      const [end] = settledAs('ended')
      if (end?.to === 'ended') expect(end.outcome.status).toBe(last)
    }
  })

  it('never starts an attempt while another one may still run', () => {
    for (const route of routes) {
      const job = startJob(input)
      for (const { event } of route) happen(job, event)
      const starts = executor.told.filter(({ type }) => type === 'executor.start').length
      const over = owner.told.filter(told => told.type === 'job.settled' && told.placementId !== null)
      const cancelledLater = route.some(
        ({ state }, i) => state.value === 'cancelled' && route[i - 1]?.state.value === 'retrying',
      )
      const settled = over.length - (cancelledLater ? 1 : 0)
      const held = ['placed', 'running', 'timingOut', 'overRam', 'evicting', 'cancelling'].includes(
        topOf(job),
      )
      expect(starts - settled, titleOf(route)).toBe(held ? 1 : 0)
    }
  })

  it('asks with TERM before it kills, and kills only when the grace is over', () => {
    for (const route of routes) {
      const job = startJob(input)
      for (const { event } of route) {
        const before = executor.told.length
        const at = job.clock.now()
        const asked = executor.told.at(-1)?.type
        happen(job, event)
        const kills = executor.told.slice(before).filter(({ type }) => type === 'executor.kill')
        if (kills.length === 0) continue
        expect(asked, titleOf(route)).toBe('executor.terminate')
        expect(job.clock.now() - at, titleOf(route)).toBe(GRACE_S * 1000)
      }
    }
  })

  it('is told of where it runs on after it was killed, and keeps its place', () => {
    const killed = routes.filter(route => JSON.stringify(route.at(-1)?.state.value).includes('killing'))
    expect(killed.length).toBeGreaterThan(0)
    for (const route of killed) {
      const job = startJob(input, coverage)
      for (const { event } of route) happen(job, event)
      const { value } = job.actor.getSnapshot()
      job.clock.advance(STUCK_S * 1000 - 1)
      expect(owner.told.at(-1)?.type, titleOf(route)).not.toBe('job.stuck')
      job.clock.advance(1)
      expect(owner.told.at(-1), titleOf(route)).toMatchObject({ type: 'job.stuck', jobId: 'a' })
      expect(job.actor.getSnapshot().value).toEqual(value)
    }
  })

  it('is not moved by what another placement tells, nor by what an ended attempt tells again', () => {
    for (const route of routes) {
      const job = startJob(input)
      for (const { event } of route) happen(job, event)
      // Each state is where some route ends.
      for (const foreign of FOREIGN) expectUnmoved(job, foreign)
      const last = route.at(-1)?.event
      if (last?.type === 'job.exited') expectUnmoved(job, last)
    }
  })

  it('accepts nothing any more once it has ended', () => {
    for (const route of routes) {
      const job = startJob(input)
      for (const { event } of route) happen(job, event)
      if (!TERMINAL.includes(topOf(job))) continue
      expect(job.actor.getSnapshot().status).toBe('done')
      for (const event of EVENTS) expectUnmoved(job, event)
      job.clock.runAll()
      expect(settledAs('ended'), titleOf(route)).toHaveLength(1)
    }
  })
})

describe('the tests of the job machine', () => {
  it('cover every state and every transition of its definition', () => {
    console.log(coverage.report())
    expect(coverage.missing()).toEqual([])
  })
})

describe('the job machine and time', () => {
  it('is timed out by the clock alone when its limit is over, and then fails with that reason', () => {
    const job = startJob({ attempts: 1 })
    send(job, placed, started('a#1'))
    job.clock.advance(LIMIT_S * 1000 - 1)
    expect(job.actor.getSnapshot().value).toBe('running')
    job.clock.advance(1)
    expect(job.actor.getSnapshot().value).toEqual({ timingOut: 'terminating' })
    send(job, exited('a#1', ending({ ok: false, signal: 'SIGTERM', exitCode: null })))
    expect(failure()).toEqual({ reason: 'timeout', message: 'ran longer than its time limit of 100 s' })
  })

  it('has failed when it was over its limit, also where the attempt says that it went well', () => {
    const job = startJob({ attempts: 1 })
    send(job, placed, started('a#1'), { type: 'job.timedOut' }, exited('a#1', ending()))
    expect(failure()?.reason).toBe('timeout')
  })

  it('sets the time of a retry from the end of the attempt, doubled each time', () => {
    const first = startJob()
    send(first, placed, started('a#1'), exited('a#1', FAILED))
    expect(retryAt()).toBe(5000 + 1000 * retryDelay('a', 1, 1))
    const second = startJob({ attempts: 1, job: { ...INPUT.job, retries: 2 } })
    send(second, placed, started('a#1'), exited('a#1', FAILED))
    expect(retryAt()).toBe(5000 + 1000 * retryDelay('a', 2, 1))
  })

  it('counts no attempt for a node that was lost', () => {
    const job = startJob()
    send(job, placed, started('a#1'), { type: 'job.lost' })
    expect(job.actor.getSnapshot().context).toMatchObject({ attempts: 0, work: null, startedAt: null })
    expect(settledAs('pending')).toHaveLength(1)
  })

  it('is cancelled although the attempt went well after it was asked to end', () => {
    const job = startJob()
    send(job, placed, started('a#1'), { type: 'job.cancel' }, exited('a#1', ending()))
    const [end] = settledAs('ended')
    expect(end).toMatchObject({ outcome: { status: 'cancelled', attempts: 1, node: 'node' } })
    expect(end).not.toHaveProperty('outcome.failure')
  })
})

function send({ actor }: RunningJobActor, ...events: readonly Parameters<typeof actor.send>[0][]): void {
  for (const event of events) actor.send(event)
}

function expectUnmoved({ actor }: RunningJobActor, event: Parameters<typeof actor.send>[0]): void {
  const before = actor.getSnapshot()
  const told = [owner.told.length, executor.told.length]
  actor.send(event)
  const after = actor.getSnapshot()
  expect(after.value).toEqual(before.value)
  expect(after.context).toBe(before.context)
  expect([owner.told.length, executor.told.length]).toEqual(told)
}

function topOf({ actor }: RunningJobActor): string {
  const { value } = actor.getSnapshot()
  return typeof value === 'string' ? value : String(Object.keys(value)[0])
}

function settledAs(to: Settlement['to']): Settlement[] {
  const settled = (told: JobReport): told is Extract<JobReport, { type: 'job.settled' }> =>
    told.type === 'job.settled'
  return owner.told
    .filter(settled)
    .map(({ settlement }) => settlement)
    .filter(settlement => settlement.to === to)
}

function failure(): JobFailure | undefined {
  const [end] = settledAs('ended')
  return end?.to === 'ended' ? end.outcome.failure : undefined
}

function retryAt(): number | undefined {
  const [retry] = settledAs('retrying')
  return retry?.to === 'retrying' ? retry.retryAt : undefined
}
