import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Running } from '../../../src/machines/placement/rule/running.ts'
import { runsOr, seed } from '../../support/runs.ts'

const NODES = 3

it(`knows when the first and the last of what runs are expected to end (seed ${seed})`, () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'add', 'remove', 'extend'),
    node: fc.nat(NODES - 1),
    at: fc.nat(20),
  })
  const property = fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), (steps, by) => {
    const running = new Running(NODES)
    const placed: { node: number; slot: number }[] = []
    let now = 0
    for (const { what, node, at } of steps) {
      if (what === 'add') placed.push({ node, slot: running.add(node, 0, [], now, now + at) })
      else if (what === 'extend') {
        now += at
        running.extendOverdue(now, () => {})
      } else {
        const [gone] = placed.splice(at % Math.max(1, placed.length), 1)
        if (gone) running.remove(gone.node, gone.slot)
      }
      const ends = placed.map(({ node, slot }) => ({ node, until: running.until[slot] ?? 0 }))
      expect(running.latest()).toBe(Math.max(0, ...ends.map(({ until }) => until)))
      const ending = ends.filter(({ until }) => until <= by).map(({ node }) => node)
      expect(running.nextEnding(by, 0)).toBe(ending.length > 0 ? Math.min(...ending) : -1)
      if (what === 'extend') expect(ends.every(({ until }) => until >= now)).toBe(true)
    }
  })
  fc.assert(property, { seed, numRuns: runsOr(300) })
})
