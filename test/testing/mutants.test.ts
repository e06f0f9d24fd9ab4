import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hushXState } from '../support/hushXState.ts'
import { seed } from '../support/runs.ts'
import { systemProperty } from './model/property.ts'
import { withBrokenGpuLedger, withBrokenLedger } from './mutants/broken.ts'
import { MUTANTS } from './mutants/ledgers.ts'

/** Far more than is needed: a mutant that is hard to find would still be found. */
const MOST_RUNS = 3000

describe(`a ledger with a fault is caught by the random commands (LONGSHORE_SEED=${seed})`, () => {
  hushXState()
  const caught: string[] = []

  it.each(Object.entries(MUTANTS))('one that %s', (name, mutant) => {
    const found = fc.check(systemProperty(mutant()), { seed, numRuns: MOST_RUNS, endOnFailure: true })
    expect(found.failed, `the mutant survived ${found.numRuns} runs`).toBe(true)
    const why =
      found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance)
    // What is wrong must be found by what is counted, not because the mutant cannot run at all.
    expect(why).toMatch(/Broken invariants|more runs than there is|never ended|changed|nothing runs, yet/)
    expect(why).not.toContain('the system has failed')
    caught.push(`one that ${name}: in run ${found.numRuns} by: ${why.replaceAll('\n', ' ').slice(0, 120)}`)
  })

  it('one that is only wrapped, without a fault, is not', () => {
    console.log(caught.join('\n'))
    const plain = withBrokenLedger(() => () => ({}))
    const plainGpu = withBrokenGpuLedger(() => () => ({}))
    expect(fc.check(systemProperty(plain), { seed, numRuns: 100 }).failed).toBe(false)
    expect(fc.check(systemProperty(plainGpu), { seed, numRuns: 100 }).failed).toBe(false)
  })
})
