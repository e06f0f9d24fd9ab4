import fc from 'fast-check'
import type { Request } from '../../../../src/job.ts'
import type { FixedRam, NodeCapacity } from '../../../../src/node.ts'
import { buildNode, buildRequest } from '../../../../src/testing/builders.ts'

/** Nodes of all kinds, with GPUs that may differ in RAM. */
export const node: fc.Arbitrary<NodeCapacity> = fc
  .record({
    threads: fc.constantFrom(0.5, 1, 1.5, 2, 4, 8),
    cores: fc.nat(8),
    ramGb: fc.constantFrom(0.3, 1, 7.7, 16),
    gpuRams: fc.array(fc.constantFrom(4, 8, 11.9, 24), { maxLength: 4 }),
    resources: fc.constantFrom<Record<string, number>[]>({}, { licence: 2 }, { licence: 1, disk: 0.5 }),
  })
  .map(({ gpuRams, ...draft }) => ({
    ...buildNode(draft),
    gpus: gpuRams.map((ramGb, i) => ({ id: String(i), name: 'GPU', ramGb })),
  }))

/** Requests of all kinds, such as ask for too much among them. */
export const request: fc.Arbitrary<Request> = fc
  .record({
    threads: fc.constantFrom(0.001, 0.25, 1, 1.5, 3, 9),
    ramGb: fc.constantFrom(0, 0.1, 1, 7, 20),
    gpus: fc.constantFrom(0, 0, 1, 2, 5),
    gpuShare: fc.constantFrom(1 / 3, 0.5, 1),
    gpuRamGb: fc.constantFrom(0, 3.9, 10, 30),
    physicalCores: fc.constantFrom(0, 0, 1, 2, 3, 9),
    resources: fc.constantFrom<Record<string, number>[]>({}, {}, { licence: 1 }, { licence: 3, disk: 0.5 }),
  })
  .map(({ gpus, gpuShare, gpuRamGb, ...rest }) =>
    buildRequest(gpus > 0 ? { gpus, gpuShare, gpuRamGb, ...rest } : rest),
  )

export const fixedRam: fc.Arbitrary<FixedRam> = fc.constantFrom(
  { command: 0, task: 0, inline: 0, cuda: 0 },
  { command: 0.01, task: 0.06, inline: 0, cuda: 0.4 },
  { command: 0.5, task: 1, inline: 0, cuda: 5 },
)
