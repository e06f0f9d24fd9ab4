import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/progress.ts'
import {
  buildJob,
  buildNode,
  faultsBySeed,
  loseNodesBySeed,
  simulateSystem,
} from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'

hushXState()

const FAULTS = { failRate: 0.1, killRate: 0.05, startFailureRate: 0.05, ignoreTermRate: 0.3, spread: 3 }

function storm(seed: number, keepEvents: boolean) {
  const nodes = ['a', 'b', 'c'].map(name => buildNode({ name, threads: 8, gpus: 1 }))
  const system = simulateSystem({ nodes, play: faultsBySeed(seed, FAULTS), keepEvents })
  const journal: RunEvent[] = []
  system.events$.subscribe(event => journal.push(event))
  const jobs = Array.from({ length: 60 }, (_, i) => {
    const size = {
      threads: 1 + (i % 4),
      gpus: i % 7 === 0 ? 1 : 0,
      gpuShare: 0.5,
      timeS: 1 + ((i * 37) % 50),
    }
    return buildJob({ id: `j${i}`, group: `g${i % 3}`, retries: i % 2, timeoutS: 60, ...size })
  })
  system.add(jobs)
  loseNodesBySeed(system, seed, { everyS: 40 })
  system.clock.setTimeout(() => system.cancel('j7', 'j8', 'j9'), 5000)
  system.runAll()
  return { system, journal }
}

describe('a simulation', () => {
  it('gives the same journal of events twice, byte for byte, faults and lost nodes included', () => {
    fc.assert(
      fc.property(fc.integer(), seed => {
        const [first, second] = [storm(seed, true), storm(seed, true)]
        expect(JSON.stringify(second.system.events)).toBe(JSON.stringify(first.system.events))
        expect(first.system.outcomes).toHaveLength(60)
      }),
      { numRuns: 10 },
    )
  })

  it('gives another journal for another seed', () => {
    expect(JSON.stringify(storm(1, true).journal)).not.toBe(JSON.stringify(storm(2, true).journal))
  })

  it('keeps no events where nobody wants them, and tells them all the same', () => {
    const { system, journal } = storm(3, false)
    expect([system.events, system.outcomes]).toEqual([[], []])
    expect(JSON.stringify(journal)).toBe(JSON.stringify(storm(3, true).journal))
  })
})
