import { beforeEach, describe, expect, it } from 'vitest'
import type { ExecutorReport, Work } from '../../src/executor.ts'
import { type Script, SimulatedClock, SimulatedExecutor } from '../../src/testing/index.ts'
import { WORK } from '../machines/support/job.ts'

const ID = WORK.placement.id
let clock: SimulatedClock
let told: ExecutorReport[]

beforeEach(() => {
  clock = new SimulatedClock()
  told = []
})

function start(script: Script, work: Work = WORK): SimulatedExecutor {
  const executor = new SimulatedExecutor(clock, () => script)
  executor.start(work, report => told.push(report))
  return executor
}

const endings = () => told.flatMap(report => (report.type === 'job.exited' ? [report.ending] : []))

describe('a simulated executor', () => {
  it('plays an attempt as its script says', () => {
    const executor = start({ startS: 2, durationS: 5 })
    expect(executor.running).toEqual(new Set([ID]))
    clock.advance(6999)
    expect(told).toEqual([{ type: 'job.started', placementId: ID, at: 2000, pid: null }])
    clock.advance(1)
    expect(endings()).toMatchObject([{ ok: true, exitCode: 0, durationS: 5 }])
    expect(executor.running.size).toBe(0)
  })

  it('tells the ending of an attempt that cannot be started, and no start', () => {
    start({
      durationS: 5,
      failsToStart: true,
      ending: { failure: { reason: 'start', message: 'no such file' } },
    })
    clock.runAll()
    expect(told.map(({ type }) => type)).toEqual(['job.exited'])
    expect(endings()).toMatchObject([{ ok: false, failure: { reason: 'start' } }])
  })

  it('ends on TERM, with the time that has passed', () => {
    const executor = start({ durationS: 5 })
    clock.advance(3000)
    executor.terminate(ID)
    expect(endings()).toMatchObject([{ ok: false, signal: 'SIGTERM', exitCode: null, durationS: 3 }])
  })

  it('ignores TERM where its script says so, but never KILL', () => {
    const executor = start({ durationS: 5, endsOnTerm: false })
    clock.step()
    executor.terminate(ID)
    expect(executor.running.size).toBe(1)
    executor.kill(ID)
    expect(endings()).toMatchObject([{ ok: false, signal: 'SIGKILL' }])
  })

  it('goes on until somebody ends it, where it does not end by itself', () => {
    const executor = start({ durationS: Number.POSITIVE_INFINITY })
    clock.runAll()
    expect(executor.running.size).toBe(1)
    clock.advance(1000)
    executor.end(ID, { exitCode: 3, ok: false })
    expect(endings()).toMatchObject([{ ok: false, exitCode: 3, durationS: 1 }])
  })

  it('tells of each attempt once, however often it is ended', () => {
    const executor = start({ durationS: 5 })
    clock.step()
    executor.end(ID)
    executor.end(ID)
    executor.terminate(ID)
    executor.kill(ID)
    clock.runAll()
    expect(endings()).toHaveLength(1)
  })

  it('says nothing of what ran on a node that was lost', () => {
    const executor = start({ durationS: 5 })
    clock.step()
    executor.vanish()
    clock.runAll()
    expect(endings()).toEqual([])
    expect(executor.running.size).toBe(0)
  })

  it('kills what runs when it is closed', async () => {
    const executor = start({ durationS: 5 })
    await executor.close()
    expect(endings()).toMatchObject([{ ok: false, signal: 'SIGKILL' }])
  })
})
