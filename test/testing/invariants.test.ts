import { describe, expect, it } from 'vitest'
import type { Grant } from '../../src/machines/placement/free.ts'
import { LiveJob } from '../../src/machines/scheduler/liveJob.ts'
import type { schedulerMachine } from '../../src/machines/scheduler/machine.ts'
import type { RunEvent } from '../../src/progress.ts'
import {
  brokenInvariants,
  buildJob,
  buildNode,
  checkInvariants,
  type SimulatedSystem,
  simulateSystem,
} from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'

hushXState()

function busy(machine?: typeof schedulerMachine): SimulatedSystem {
  const system = simulateSystem({
    nodes: [buildNode({ threads: 2, gpus: 1 })],
    ...(machine && { machine }),
  })
  system.add(
    buildJob({ id: 'runs', gpus: 1, gpuShare: 0.5, physicalCores: 1 }),
    buildJob({ id: 'waits', threads: 2, timeS: 5 }),
    buildJob({ id: 'ended', timeS: 1 }),
  )
  system.start()
  system.clock.advance(2000)
  return system
}

/** What is told when something in the state of a right system is changed by hand. */
function brokenBy(change: (system: SimulatedSystem) => void): string[] {
  const system = busy()
  change(system)
  return brokenInvariants(system)
}

function live(system: SimulatedSystem) {
  const [one] = system.state().live.values()
  if (!one) throw new Error('nothing runs')
  return one
}

/** The same job with another grant than its ledger knows. */
function holding(system: SimulatedSystem, one: LiveJob, grant: Grant): LiveJob {
  return new LiveJob(system.state(), { ...one, grant })
}

describe('the invariants', () => {
  it('hold in a system that works', () => {
    expect(brokenInvariants(busy())).toEqual([])
    expect(() => checkInvariants(busy())).not.toThrow()
  })

  it('name a reservation for nobody, and what is missing for it', () => {
    expect(brokenBy(system => system.state().live.clear())).toEqual([
      'node: runs#1 is reserved for nobody',
      'node: threads (thousandths): 1000 free and 0 held are not the 2000 that there are',
      'node: GPU 0 share (thousandths): 500 free and 0 held are not the 1000 that there are',
      'node: core 0 is free or held 0 times, not once',
      'node: GPU 0 is reserved by [runs#1], held by []',
      'runs is at place, yet it does not hold a place',
      '1 jobs hold a place, 0 are live',
    ])
  })

  it('name a job that runs without its reservation', () => {
    expect(
      brokenBy(system => {
        const one = live(system)
        system.state().live.set('runs', holding(system, one, { ...one.grant }))
      }),
    ).toContain('node: runs#1 runs without its reservation')
  })

  it('name a core in two hands, and cores that are not neighbours', () => {
    const broken = brokenBy(system => {
      const one = live(system)
      system.state().live.set('runs', holding(system, one, { ...one.grant, cores: [1, 0] }))
    })
    expect(broken).toContain('node: core 1 is free or held 2 times, not once')
    expect(broken).toContain('node: runs#1 has cores that are not neighbours')
  })

  it('name jobs that stand in two places or in none', () => {
    expect(
      brokenBy(system => {
        for (const bucket of system.state().queue.buckets()) {
          const pending = bucket.at(0)
          if (pending) system.state().queue.remove(pending)
        }
      }),
    ).toEqual(['1 jobs wait, the queue holds 0'])
    expect(
      brokenBy(system => {
        const { pending } = live(system)
        system.state().queue.add(pending)
      }),
    ).toEqual(['1 jobs wait, the queue holds 2', 'runs stands in the queue, yet it is at place'])
  })

  it('name an end that was counted twice', () => {
    expect(
      brokenBy(system => {
        system.state().ends.failed++
      }),
    ).toEqual(['1 jobs have ended, 2 were counted'])
  })

  it('name an outcome that was told twice, or never, or too soon', () => {
    const system = busy()
    const told = system.events.find(event => event.type === 'job.ended')
    const withEvents = (events: readonly RunEvent[]) => brokenInvariants({ actor: system.actor, events })
    if (told?.type !== 'job.ended') throw new Error('nothing has ended')
    expect(withEvents([...system.events, told])).toEqual(['the outcome of ended was told 2 times, not 1'])
    expect(withEvents([])).toEqual(['the outcome of ended was told 0 times, not 1'])
    const early = { ...told, outcome: { ...told.outcome, id: 'waits' } }
    expect(withEvents([...system.events, early])).toEqual([
      'the outcome of waits was told, but it is not the one that is kept',
      'the outcome of waits was told 1 times, not 0',
    ])
  })

  it('are thrown as one error that names them all', () => {
    const system = busy()
    system.state().ends.failed++
    system.state().live.clear()
    expect(() => checkInvariants(system)).toThrow(
      /^Broken invariants:\n.*reserved for nobody\n[\s\S]*counted$/,
    )
  })
})
