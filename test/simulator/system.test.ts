import { describe, expect, it } from 'vitest'
import { InvalidJobsError } from '../../src/errors.ts'
import { buildJob, buildNode, checkInvariants, simulateSystem } from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'

hushXState()

describe('a simulated system', () => {
  it('runs jobs as their estimates say, and tells the makespan', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 2 })] })
    system.add(
      [4, 3, 2, 1].map(timeS => buildJob({ id: `${timeS} s`, timeS })),
      buildJob({ id: 'no estimate', timeS: null }),
    )
    expect(system.runAll(checkInvariants)).toBe(10)
    expect(system.outcomes.map(({ id }) => id).sort()).toEqual(['1 s', '2 s', '3 s', '4 s', 'no estimate'])
  })

  it('takes jobs as the scheduler takes them', () => {
    const system = simulateSystem({ nodes: [buildNode()] })
    const [fit, twin] = system.add(
      { command: ['fit', '--seed', '1'], timeS: 3 },
      { command: ['fit', '--seed', '1'], timeS: 3 },
    )
    expect(fit?.id).not.toBe(twin?.id)
    expect(system.runAll()).toBe(3)
  })

  it('refuses what is malformed, what is there already, and what can never fit; none of the call is added', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 2 })] })
    system.add(buildJob({ id: 'a' }))
    const good = buildJob({ id: 'good' })
    const malformed = { command: ['x'], threads: -1 }
    for (const bad of [malformed, buildJob({ id: 'a' }), buildJob({ id: 'big', threads: 3 })])
      expect(() => system.add(good, bad)).toThrow(InvalidJobsError)
    expect([...system.state().jobs.keys()]).toEqual(['a'])
    expect(system.add(good)).toHaveLength(1)
  })

  it('places nothing before it is started, and nothing while it is paused', () => {
    const system = simulateSystem({ nodes: [buildNode()] })
    system.add(buildJob({ id: 'a' }))
    system.clock.runAll()
    expect(system.state().live.size).toBe(0)
    system.start()
    system.pause()
    system.clock.runAll()
    expect(system.state().live.size).toBe(0)
    system.continue()
    system.clock.settle()
    expect(system.state().live.size).toBe(1)
  })

  it('drains: what runs ends, what waits stays, until it is started again', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 1 })] })
    system.add(buildJob({ id: 'a', timeS: 20 }), buildJob({ id: 'b' }))
    system.start()
    system.clock.advance(1000)
    system.drain()
    system.clock.runAll()
    expect(system.outcomes.map(({ id }) => id)).toEqual(['a'])
    system.runAll()
    expect(system.outcomes.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('cancels what waits at once, and what runs by TERM, grace, KILL', () => {
    const system = simulateSystem({
      nodes: [buildNode({ threads: 1 })],
      play: () => ({ durationS: 100, endsOnTerm: false }),
      graceS: 7,
    })
    system.add(buildJob({ id: 'runs', timeS: 20 }), buildJob({ id: 'waits' }))
    system.start()
    system.clock.advance(1000)
    system.cancel('waits', 'runs', 'unknown')
    expect(system.outcomes).toMatchObject([{ id: 'waits', status: 'cancelled', attempts: 0 }])
    system.clock.runAll()
    expect(system.outcomes[1]).toMatchObject({
      id: 'runs',
      status: 'cancelled',
      signal: 'SIGKILL',
      durationS: 8,
    })
  })

  it('is the same twice', () => {
    const run = () => {
      const system = simulateSystem({ nodes: [buildNode({ gpus: 2 })] })
      system.add(
        Array.from({ length: 50 }, (_, i) => buildJob({ id: `j${i}`, timeS: 1 + (i % 7), gpus: i % 2 })),
      )
      system.runAll()
      return system.events
    }
    expect(run()).toEqual(run())
  })

  it('adds fixed RAM to what jobs ask for', () => {
    const fixedRam = { command: 1, task: 0, inline: 0, cuda: 0 }
    const system = simulateSystem({ nodes: [buildNode({ ramGb: 4 })], fixedRam })
    system.add([1, 2, 3].map(i => buildJob({ id: `j${i}`, ramGb: 1 })))
    expect(system.runAll(checkInvariants)).toBe(20)
  })
})
