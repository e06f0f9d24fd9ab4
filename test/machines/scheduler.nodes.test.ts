import { describe, expect, it } from 'vitest'
import { buildJob, buildNode, checkInvariants, simulateSystem } from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'

hushXState()
const jobs = [1, 2, 3, 4].map(i => buildJob({ id: `j${i}`, timeS: 10 }))

describe('a node that comes back', () => {
  it('gives what it has now, where nothing of ours runs there any more', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 4 })] })
    system.add(jobs)
    system.loseNode('node')
    system.joinNode(buildNode({ threads: 1 }))
    checkInvariants(system)
    expect(system.runAll(checkInvariants)).toBe(40)
  })

  it('keeps what it had, where jobs of ours still run there', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 4 })] })
    system.add(jobs)
    system.start()
    system.clock.settle()
    system.actor.send({ type: 'node.leave', node: 'node' })
    const executor = system.executors.get('node')
    if (!executor) throw new Error('there is no executor')
    system.join(buildNode({ threads: 1 }), { command: executor, task: executor, inline: executor })
    checkInvariants(system)
    expect(system.runAll(checkInvariants)).toBe(10)
  })

  it('gives nothing new between its leave and its return', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 2 })] })
    system.add(jobs)
    system.start()
    system.clock.settle()
    system.actor.send({ type: 'node.leave', node: 'node' })
    system.clock.runAll()
    expect(system.outcomes).toHaveLength(2)
    system.joinNode(buildNode({ threads: 2 }))
    system.runAll(checkInvariants)
    expect(system.outcomes).toHaveLength(4)
  })
})

describe('a node without contact', () => {
  it('gets nothing new until it is heard of again, and what runs there keeps its place', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 2 })] })
    system.add(jobs)
    system.start()
    system.clock.settle()
    system.actor.send({ type: 'node.silent', node: 'node' })
    expect(system.state().live.size).toBe(2)
    system.clock.runAll()
    expect(system.outcomes).toHaveLength(2)
    expect(system.state().queue.size).toBe(2)
    system.actor.send({ type: 'node.heard', node: 'node' })
    system.runAll(checkInvariants)
    expect(system.outcomes.map(({ status, attempts }) => [status, attempts])).toEqual(
      jobs.map(() => ['succeeded', 1]),
    )
  })

  it('is known again once it is lost, and comes back', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 2 })] })
    system.add(jobs)
    system.start()
    system.clock.settle()
    system.actor.send({ type: 'node.silent', node: 'node' })
    system.loseNode('node')
    system.joinNode(buildNode({ threads: 2 }))
    system.runAll(checkInvariants)
    expect(system.outcomes).toHaveLength(4)
  })
})

describe('a node that is lost', () => {
  it('sends its jobs back to the queue, and no attempt is counted', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 4 })] })
    system.add(jobs)
    system.start()
    system.clock.advance(5000)
    system.loseNode('node')
    checkInvariants(system)
    expect(system.state().queue.size).toBe(4)
    system.joinNode(buildNode({ threads: 4 }))
    system.runAll(checkInvariants)
    expect(system.outcomes.map(({ status, attempts }) => [status, attempts])).toEqual(
      jobs.map(() => ['succeeded', 1]),
    )
  })

  it('makes the next placement of an attempt one of its own', () => {
    const system = simulateSystem({ nodes: [buildNode()] })
    system.add(buildJob({ id: 'a' }))
    const names: string[] = []
    for (let i = 0; i < 3; i++) {
      system.start()
      system.clock.advance(1000)
      names.push(...[...system.state().live.values()].map(({ placementId }) => placementId))
      system.loseNode('node')
      system.joinNode(buildNode())
    }
    expect(names).toEqual(['a#1', 'a#1.1', 'a#1.2'])
  })
})
