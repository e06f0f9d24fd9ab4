import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidJobsError } from '../../src/errors.ts'
import { JobIds, type JobSpec, parseJobs } from '../../src/schema/index.ts'
import { codeSchema, EXPECTED } from '../../src/schema/schema.ts'
import { suggest } from '../../src/schema/suggest.ts'

/** What each key takes, written down a second time, independently of the schema. */
const RIGHT = {
  threads: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  ramGb: fc.double({ min: 0, max: 1e6, noNaN: true }),
  timeS: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  timeoutS: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  gpus: fc.nat(64),
  gpuShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
  gpuRamGb: fc.double({ min: 0, max: 1e3, noNaN: true }),
  physicalCores: fc.nat(256),
  priority: fc.integer(),
  retries: fc.nat(),
  name: fc.string({ minLength: 1 }).filter(text => !text.includes('\0')),
  resources: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.double({ min: 0.1, max: 1e3, noNaN: true })),
  env: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.stringMatching(/^[ -~]{0,9}$/)),
}

/** Values that a key never takes. */
const WRONG = {
  threads: fc.oneof(fc.double({ max: 0, noNaN: true }), fc.string(), fc.boolean()),
  ramGb: fc.oneof(fc.double({ max: -1e-9, noNaN: true }), fc.string(), fc.constant([])),
  gpus: fc.oneof(fc.integer({ max: -1 }), fc.double({ min: 0.1, max: 0.9 }), fc.string()),
  gpuShare: fc.oneof(fc.double({ min: 1.001 }), fc.constant(0), fc.string()),
  priority: fc.oneof(fc.double({ min: 0.1, max: 0.9 }), fc.string()),
  name: fc.oneof(fc.constant(''), fc.boolean(), fc.constant([])),
  id: fc.string().filter(id => !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(id)),
  resources: fc.oneof(
    fc.array(fc.anything(), { minLength: 1 }),
    fc.constant({ license: 0 }),
    fc.string(),
    fc.nat(),
  ),
  env: fc.oneof(fc.constant({ A: false }), fc.constant({ '': 'a' }), fc.string(), fc.nat()),
  cwd: fc.oneof(fc.constant(''), fc.nat(), fc.constant({})),
}

function parse(spec: unknown) {
  return parseJobs([spec as JobSpec], new JobIds())[0]
}

describe('every key', () => {
  test('takes what it should, and it arrives', () => {
    fc.assert(
      fc.property(fc.record(RIGHT, { requiredKeys: ['gpus'] }), keys => {
        const job = parse({ command: 'a', ...keys })
        const { request, ...others } = job ?? {}
        expect({ ...others, ...request }).toMatchObject(keys)
      }),
    )
  })

  test.for(Object.entries(WRONG))('%s refuses all else, and names itself', ([key, wrong]) => {
    fc.assert(
      fc.property(wrong, value => {
        const spec = { command: 'a', gpus: 1, [key]: value }
        expect(() => parse(spec)).toThrow(InvalidJobsError)
        expect(() => parse(spec)).toThrow(new RegExp(`^jobs\\[0\\]: expected (?:a name in )?${key}\\b`))
      }),
      { numRuns: 50 },
    )
  })

  test('tells in words what it expects', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(codeSchema.keyof().options.toSorted())
  })

  test('never lets anything else than a fault be thrown, whatever it is given', () => {
    const known = fc.constantFrom(...codeSchema.keyof().options)
    const anything = fc.dictionary(
      fc.oneof(known, fc.string()),
      fc.anything({ withBigInt: true, withDate: true }),
    )
    fc.assert(
      fc.property(fc.oneof(anything, fc.anything()), spec => {
        try {
          parse(spec)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidJobsError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a misspelt key', () => {
  const KEYS = codeSchema.keyof().options

  test.for([
    ['thread', 'threads'],
    ['Threads', 'threads'],
    ['ram_gb', 'ramGb'],
    ['ramGB', 'ramGb'],
    ['gpu', 'gpus'],
    ['gpu-share', 'gpuShare'],
    ['cmd', 'command'],
    ['comand', 'command'],
    ['cpus', 'threads'],
    ['memory', 'ramGb'],
    ['timeout', 'timeoutS'],
    ['time', 'timeS'],
    ['n_threads', 'threads'],
    ['environment', 'env'],
    ['prio', 'priority'],
    ['retry', 'retries'],
  ])('%s was meant to be %s', ([word, key]) => {
    expect(suggest(word ?? '', KEYS)).toBe(key)
  })

  test.for(['wallclock', 'x', 'partition', 'nodes', 'constructor'])('%s is near to none', word => {
    expect(suggest(word, KEYS)).toBeNull()
  })

  test('is found for every key with one letter wrong', () => {
    const slip = fc.record({ key: fc.constantFrom(...KEYS.filter(key => key.length > 4)), at: fc.nat(20) })
    fc.assert(
      fc.property(slip, ({ key, at }) => {
        const place = at % key.length
        expect(suggest(`${key.slice(0, place)}q${key.slice(place + 1)}`, KEYS)).toBe(key)
      }),
    )
  })
})
