import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packWork, unpackWork } from '../../../src/actors/task/packing.ts'
import type { Work } from '../../../src/executor.ts'

const text = fc.string({ unit: 'binary' })
const amount = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(Math.abs)
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const dictionary = <T>(value: fc.Arbitrary<T>) => fc.dictionary(text, value, { noNullPrototype: true })

const work: fc.Arbitrary<Work> = fc.record({
  job: fc.record({
    id: text,
    name: text,
    group: text,
    run: fc.record({ kind: fc.constant('task' as const), module: text, args: fc.anything() }),
    request: fc.record({
      threads: amount,
      ramGb: amount,
      gpus: fc.nat(),
      gpuShare: amount,
      gpuRamGb: amount,
      physicalCores: fc.nat(),
      resources: dictionary(amount),
    }),
    timeS: orNull(amount),
    priority: fc.integer(),
    retries: fc.nat(),
    timeoutS: orNull(amount),
    env: dictionary(text),
    cwd: orNull(text),
  }),
  placement: fc.record({
    id: text,
    jobId: text,
    attempt: fc.nat(),
    node: text,
    threads: amount,
    ramGb: amount,
    cores: fc.array(fc.nat()),
    cpus: fc.array(fc.nat()),
    gpus: fc.array(fc.record({ index: fc.nat(), id: text })),
  }),
  paths: fc.record({ runDir: text, jobDir: text, output: text, stdout: text, stderr: text }),
})

test('a task is unpacked as it was packed, its arguments untouched', () => {
  fc.assert(
    fc.property(work, given => {
      const unpacked = unpackWork(packWork(given))
      expect(unpacked).toEqual(given)
      if (given.job.run.kind !== 'task' || unpacked.job.run.kind !== 'task') throw new Error('unreachable')
      expect(unpacked.job.run.args).toBe(given.job.run.args)
    }),
    { numRuns: 200 },
  )
})
