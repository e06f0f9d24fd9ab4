import { describe, expect, it } from 'vitest'
import type { Work } from '../../src/executor.ts'
import {
  buildJob,
  buildNode,
  checkInvariants,
  type FaultOptions,
  faultsBySeed,
  loseNodesBySeed,
  simulateSystem,
} from '../../src/testing/index.ts'
import { WORK } from '../machines/support/job.ts'
import { hushXState } from '../support/hushXState.ts'

hushXState()

const work = (id: string, attempt = 1): Work => ({
  ...WORK,
  job: buildJob({ id, timeS: 10 }),
  placement: { ...WORK.placement, attempt },
})
const many = Array.from({ length: 2000 }, (_, i) => work(`j${i}`))

function share(
  options: FaultOptions,
  seen: (script: ReturnType<ReturnType<typeof faultsBySeed>>) => boolean,
) {
  const play = faultsBySeed(1, options)
  return many.filter(one => seen(play(one))).length / many.length
}

describe('faults by a seed', () => {
  it('are the same for the same seed, job and attempt, and others otherwise', () => {
    const options = { failRate: 0.5, spread: 4 }
    const [play, same, other] = [faultsBySeed(1, options), faultsBySeed(1, options), faultsBySeed(2, options)]
    expect(many.map(same)).toEqual(many.map(play))
    expect(many.map(other)).not.toEqual(many.map(play))
    expect(play(work('a', 2))).not.toEqual(play(work('a', 1)))
  })

  it.each([
    ['failRate', script => script.ending?.exitCode === 1],
    ['killRate', script => script.ending?.signal === 'SIGKILL'],
    ['startFailureRate', script => script.failsToStart === true],
    ['hangRate', script => script.durationS === Number.POSITIVE_INFINITY],
    ['ignoreTermRate', script => script.endsOnTerm === false],
  ] as [keyof FaultOptions, Parameters<typeof share>[1]][])('come as often as %s says', (name, seen) => {
    expect(share({}, seen)).toBe(0)
    expect(share({ [name]: 1 }, seen)).toBe(1)
    expect(share({ [name]: 0.3 }, seen)).toBeGreaterThan(0.25)
    expect(share({ [name]: 0.3 }, seen)).toBeLessThan(0.35)
  })

  it('stretch and shorten durations by at most the spread', () => {
    const play = faultsBySeed(1, { spread: 4 })
    const durations = many.map(one => play(one).durationS)
    expect(Math.min(...durations)).toBeGreaterThanOrEqual(2.5)
    expect(Math.max(...durations)).toBeLessThanOrEqual(40)
    const longer = durations.filter(durationS => durationS > 10).length / many.length
    expect(longer).toBeGreaterThan(0.45)
    expect(longer).toBeLessThan(0.55)
    expect(faultsBySeed(1)(work('a')).durationS).toBe(10)
  })

  it.each<[FaultOptions, string]>([
    [{ failRate: 1.5 }, 'Expected failRate to be in 0–1, got 1.5'],
    [{ hangRate: -0.1 }, 'Expected hangRate to be in 0–1, got -0.1'],
    [{ killRate: Number.NaN }, 'Expected killRate to be in 0–1, got NaN'],
    [
      { failRate: 0.75, killRate: 0.5 },
      'Expected fail, kill, start failure and hang rate to add up to at most 1, got 1.25',
    ],
    [{ spread: 0.5 }, 'Expected spread to be ≥ 1, got 0.5'],
  ])('refuse %j', (options, message) => {
    expect(() => faultsBySeed(1, options)).toThrow(new RangeError(message))
  })
})

describe('nodes lost by a seed', () => {
  function run(seed: number, options = {}) {
    const system = simulateSystem({ nodes: [buildNode({ name: 'a' }), buildNode({ name: 'b' })] })
    system.add(Array.from({ length: 40 }, (_, i) => buildJob({ id: `j${i}`, timeS: 1 + (i % 9) })))
    loseNodesBySeed(system, seed, { everyS: 5, awayS: 3, ...options })
    return { makespanS: system.runAll(checkInvariants), system }
  }

  it('are lost and come back at the same times for the same seed, and every job still ends', () => {
    expect(run(1).makespanS).toBe(run(1).makespanS)
    expect(new Set([1, 2, 3, 4].map(seed => run(seed).makespanS)).size).toBeGreaterThan(1)
    for (const seed of [1, 2, 3, 4])
      expect(run(seed).system.outcomes.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(
        Array(40).fill('succeeded 1'),
      )
  })

  it('make the run longer, and stay away where they are told to', () => {
    const whole = run(1, { times: 0 })
    const lost = run(1, { times: 10, awayS: Number.POSITIVE_INFINITY, everyS: 1 })
    expect(lost.system.outcomes.length).toBeLessThan(whole.system.outcomes.length)
    expect(run(1, { times: 3 }).makespanS).toBeGreaterThan(whole.makespanS)
  })
})
