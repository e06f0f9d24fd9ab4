import { describe, expect, it } from 'vitest'
import { capacityOf, probeNode } from '../../src/probe/index.ts'
import { machine } from './support/recordings.ts'
import { nvidiaSmi, ToolFolder } from './support/tools.ts'

async function report(gpus: 'none' | 'eight' | 'silent' = 'none') {
  using tools = new ToolFolder()
  if (gpus !== 'none') tools.add('nvidia-smi', nvidiaSmi(gpus))
  return await probeNode({ name: 'n1', files: machine('container-v2'), platform: 'linux', env: tools.env() })
}

describe('the capacity of a node', () => {
  it('is what was seen, with nine tenths of the RAM that is available', async () => {
    const capacity = capacityOf(await report())
    expect(capacity).toEqual({
      ...{ name: 'n1', threads: 1.5, ramGb: 2 * 0.9, gpus: [], resources: {} },
      cores: [{ cpus: [0, 4] }, { cpus: [1, 5] }, { cpus: [2, 6] }, { cpus: [3, 7] }],
    })
  })

  it('takes the factors from the user', async () => {
    const capacity = capacityOf(await report('eight'), { ramFactor: 0.5, gpuRamFactor: 0.25 })
    expect(capacity.ramGb).toBe(1)
    expect(capacity.gpus[0]).toEqual({ id: '0', name: 'NVIDIA A100-SXM4-80GB', ramGb: (81079 / 1024) * 0.25 })
  })

  it('counts only the GPU RAM that others have left', async () => {
    expect(capacityOf(await report('eight')).gpus[2]?.ramGb).toBeCloseTo((12345 / 1024) * 0.9)
  })

  it('has no more threads than the user allows, but not more by that', async () => {
    expect(capacityOf(await report(), { maxThreads: 1 }).threads).toBe(1)
    expect(capacityOf(await report(), { maxThreads: 16 }).threads).toBe(1.5)
    expect(capacityOf(await report(), { maxThreads: 16, capacity: { threads: 32 } }).threads).toBe(16)
  })

  it('is what the user says instead of what was seen, no factor applied', async () => {
    const overrides = { threads: 32, ramGb: 64, resources: { license: 4 } }
    expect(capacityOf(await report(), { capacity: overrides, ramFactor: 0.5 })).toMatchObject(overrides)
  })

  it('has the first GPUs only where the user wants fewer', async () => {
    const { gpus } = capacityOf(await report('eight'), { capacity: { gpus: 2, gpuRamGb: 24 } })
    expect(gpus.map(({ id, ramGb }) => [id, ramGb])).toEqual([
      ['0', 24],
      ['1', 24],
    ])
    expect(capacityOf(await report('eight'), { capacity: { gpus: 0 } }).gpus).toEqual([])
  })

  it('has numbered GPUs where the user wants more than there are', async () => {
    const { gpus } = capacityOf(await report('silent'), { capacity: { gpus: 3, gpuRamGb: 24 } })
    expect(gpus.map(({ id }) => id)).toEqual(['0', '1', '2'])
    expect(gpus[2]).toEqual({ id: '2', name: 'GPU 2 (pretended)', ramGb: 24 })
  })

  it('has no RAM on a GPU that does not tell of any', async () => {
    expect(capacityOf(await report('silent')).gpus.map(({ ramGb }) => ramGb)).toEqual([0, 0])
  })
})
