import { expect, it } from 'vitest'
import { buildJob, buildNode, buildRequest } from '../../src/testing/index.ts'

it('builds a job of one thread that succeeds after 10 s, but for what is given', () => {
  const job = buildJob({ id: 'a', threads: 2, gpus: 1, gpuShare: 0.5, retries: 3 })
  expect(job).toMatchObject({ id: 'a', name: 'a', group: 'group', timeS: 10, retries: 3, priority: 0 })
  expect(job.request).toEqual(buildRequest({ threads: 2, gpus: 1, gpuShare: 0.5 }))
  expect(buildJob({ id: 'b' }).request).toEqual(buildRequest())
})

it('builds a node with as many cores as whole threads, and equal GPUs', () => {
  expect(buildNode({ threads: 2.5, gpus: 2, gpuRamGb: 8 })).toEqual({
    name: 'node',
    threads: 2.5,
    ramGb: 16,
    cores: [{ cpus: [0] }, { cpus: [1] }],
    gpus: [
      { id: '0', name: 'GPU', ramGb: 8 },
      { id: '1', name: 'GPU', ramGb: 8 },
    ],
    resources: {},
  })
})
