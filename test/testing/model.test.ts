import fc from 'fast-check'
import { describe, it } from 'vitest'
import { hushXState } from '../support/hushXState.ts'
import { runsOr, seed } from '../support/runs.ts'
import { systemProperty } from './model/property.ts'

const runs = runsOr(1000)

describe('the whole system under a simulated clock', () => {
  hushXState()

  it(`keeps its invariants and ends every job as it must, in ${runs} random runs (LONGSHORE_SEED=${seed})`, () => {
    console.log(`the whole system: ${runs} random runs, LONGSHORE_SEED=${seed}`)
    fc.assert(systemProperty(), { seed, numRuns: runs })
  }, 3_600_000)
})
