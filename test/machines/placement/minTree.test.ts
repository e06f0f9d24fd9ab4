import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MinTree } from '../../../src/machines/placement/rule/minTree.ts'
import { runsOr, seed } from '../../support/runs.ts'

it(`knows the least of its numbers, and the first that is small enough (seed ${seed})`, () => {
  const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.POSITIVE_INFINITY))
  const changes = (size: number) => fc.array(fc.tuple(fc.nat(size - 1), number), { maxLength: 20 })
  const sized = fc.integer({ min: 1, max: 9 }).chain(size => fc.tuple(fc.constant(size), changes(size)))
  const property = fc.property(sized, number, fc.nat(10), ([size, all], limit, from) => {
    const tree = new MinTree(size)
    const plain: number[] = Array.from({ length: size }, () => Number.POSITIVE_INFINITY)
    for (const [position, value] of all) {
      tree.set(position, value)
      plain[position] = value
      expect(tree.least).toBe(Math.min(...plain))
      expect(tree.firstWithin(limit, from)).toBe(plain.findIndex((one, i) => i >= from && one <= limit))
    }
  })
  fc.assert(property, { seed, numRuns: runsOr(300) })
})
