import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hushXState } from '../support/hushXState.ts'
import { runsOr, seed } from '../support/runs.ts'
import { anyScenario, SMALL, TWICE } from './world/scenarios.ts'
import { play } from './world/world.ts'

const runs = runsOr(200)

describe('a run whose scheduler dies', () => {
  hushXState()

  it.each(Object.entries(SMALL))('at any point keeps what was promised: %s', (_, scenario) => {
    const points = play(scenario)
    expect(points).toBeGreaterThan(50)
    for (let point = 1; point <= points; point++) playOr(() => ({ ...scenario, crashes: [point] }))
  })

  if (runs >= 10_000)
    it('twice, at any two points, keeps it', () => {
      const points = play(TWICE)
      for (let first = 1; first <= points; first++)
        for (let second = 1; second <= points; second++)
          playOr(() => ({ ...TWICE, crashes: [first, second] }))
    }, 3_600_000)

  it(`keeps it in ${runs} random runs in which anything goes wrong (LONGSHORE_SEED=${seed})`, () => {
    fc.assert(
      fc.property(anyScenario, scenario => void play(scenario)),
      { seed, numRuns: runs },
    )
  }, 3_600_000)
})

/** Says which point it was. */
function playOr(make: () => Parameters<typeof play>[0]): void {
  const scenario = make()
  try {
    play(scenario)
  } catch (error) {
    throw new Error(`with crashes at ${scenario.crashes.join(', ')}: ${error}`, { cause: error })
  }
}
