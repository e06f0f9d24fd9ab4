import { describe, expect, it } from 'vitest'
import { parseRocmSmi } from '../../src/probe/amd.ts'
import { visibleAmd } from '../../src/probe/visibleGpus.ts'
import { recording } from './support/recordings.ts'

const mi210 = () => ({ devices: parseRocmSmi(recording('amd/mi210.json')) ?? [], warnings: [] })
const visible = (env: Record<string, string>) => visibleAmd(mi210(), env).gpus.map(({ id }) => id)

describe('what rocm-smi writes', () => {
  it('tells of the cards behind its own warnings', () => {
    expect(parseRocmSmi(recording('amd/mi210.json'))).toEqual([
      expect.objectContaining({
        ...{ vendor: 'amd', id: '0', uuid: 'GPU-18f0a1c2d3e4f506', name: 'AMD INSTINCT MI210' },
        ...{ totalRamGb: 68702699520 / 2 ** 30, utilization: 0.37 },
        freeRamGb: (68702699520 - 10960896) / 2 ** 30,
      }),
      expect.objectContaining({ id: '1', uuid: 'GPU-28f0a1c2d3e4f507', utilization: 0 }),
    ])
  })

  it('knows what it was not told, whatever the case of the keys', () => {
    expect(parseRocmSmi(recording('amd/radeon.json'))).toEqual([
      expect.objectContaining({ name: 'Radeon RX 7900 XTX', uuid: null, freeRamGb: null, utilization: null }),
    ])
  })

  it('tells of no card in what is no JSON', () => {
    expect(parseRocmSmi('ERROR:root:Driver not initialized (amdgpu not found in modules)')).toBeNull()
    expect(parseRocmSmi('{}')).toBeNull()
    expect(parseRocmSmi('{"card0": ')).toBeNull()
  })
})

describe('which AMD GPUs are visible', () => {
  it('are all of them where nothing is set', () => expect(visible({})).toEqual(['0', '1']))

  it('are chosen by ROCm’s list first and by HIP’s among those', () => {
    expect(visible({ ROCR_VISIBLE_DEVICES: '1,0', HIP_VISIBLE_DEVICES: '0' })).toEqual(['1'])
    expect(visible({ ROCR_VISIBLE_DEVICES: '1', HIP_VISIBLE_DEVICES: '1' })).toEqual([])
  })

  it('are chosen by CUDA’s list where HIP has none', () => {
    expect(visible({ CUDA_VISIBLE_DEVICES: '1' })).toEqual(['1'])
    expect(visible({ CUDA_VISIBLE_DEVICES: '1', HIP_VISIBLE_DEVICES: '0' })).toEqual(['0'])
  })

  it('keep their UUIDs where the caller names them so', () => {
    expect(visible({ ROCR_VISIBLE_DEVICES: 'GPU-28f0a1c2d3e4f507' })).toEqual(['GPU-28f0a1c2d3e4f507'])
  })
})
