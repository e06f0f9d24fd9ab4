import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nvidiaReport } from '../../src/probe/nvidia.ts'
import { selectVisible } from '../../src/probe/visibleDevices.ts'
import { visibleNvidia } from '../../src/probe/visibleGpus.ts'
import { recording } from './support/recordings.ts'

const devices = [
  { index: 0, uuid: 'GPU-aa11', parentUuid: null },
  { index: 1, uuid: 'GPU-aa22', parentUuid: null },
  { index: 2, uuid: 'MIG-1', parentUuid: 'GPU-bb33' },
  { index: 2, uuid: 'MIG-2', parentUuid: 'GPU-bb33' },
]
const select = (value: string | undefined) => selectVisible(devices, value, 'CUDA_VISIBLE_DEVICES')
const uuids = (value: string | undefined) => select(value).visible.map(({ device }) => device.uuid)

describe('a list of visible devices', () => {
  it('shows all where it is not set', () => {
    expect(uuids(undefined)).toEqual(devices.map(({ uuid }) => uuid))
  })

  it.each(['', '-1', '-1,0', 'NoDevFiles', 'none'])('shows none and is no fault: "%s"', value => {
    expect(select(value)).toEqual({ visible: [], warnings: [] })
  })

  it('shows devices in its own order, by index and by UUID', () => {
    expect(uuids('1,0')).toEqual(['GPU-aa22', 'GPU-aa11'])
    expect(select(' GPU-aa22 , 0').visible.map(({ by }) => by)).toEqual(['uuid', 'index'])
  })

  it('takes the beginning of a UUID where only one begins so', () => {
    expect(uuids('GPU-aa2')).toEqual(['GPU-aa22'])
    expect(uuids('MIG-2')).toEqual(['MIG-2'])
  })

  it('shows what stands before the first entry that names nothing, and warns', () => {
    const selection = select('0,9,1')
    expect(selection.visible.map(({ device }) => device.index)).toEqual([0])
    expect(selection.warnings).toEqual([expect.stringContaining('"9" names no GPU')])
  })

  it.each(['GPU-aa', 'GPU-', 'aa11', 'gpu0', '0x1', '1.5'])('takes "%s" for no name of one device', entry => {
    expect(uuids(`1,${entry},0`)).toEqual(['GPU-aa22'])
    expect(select(entry).warnings).toHaveLength(1)
  })

  it('shows all slices of a GPU that it names whole', () => {
    expect(uuids('2')).toEqual(['MIG-1', 'MIG-2'])
    expect(uuids('GPU-bb')).toEqual(['MIG-1', 'MIG-2'])
  })

  it('never shows a device twice, nor one that is not there', () => {
    const entry = fc.oneof(
      fc.integer({ min: -2, max: 4 }).map(String),
      fc.constantFrom('GPU-aa11', 'MIG-', '', 'x'),
    )
    fc.assert(
      fc.property(fc.array(entry), entries => {
        const shown = select(entries.join(',')).visible.map(({ device }) => device)
        expect(new Set(shown).size).toBe(shown.length)
        expect(devices).toEqual(expect.arrayContaining(shown))
      }),
    )
  })
})

describe('the ids of visible NVIDIA GPUs', () => {
  const report = (name: string, list = '') =>
    nvidiaReport({ gpus: recording(`nvidia/${name}.gpus.csv`), processes: '', list, query: '' }) ?? {
      devices: [],
      warnings: [],
    }
  const ids = (value: string) =>
    visibleNvidia(report('eight'), { CUDA_VISIBLE_DEVICES: value }).gpus.map(({ id }) => id)

  it('stay positions in the machine where the caller’s list has indices', () => {
    expect(ids('6,2')).toEqual(['6', '2'])
  })

  it('are whole UUIDs where the caller’s list has UUIDs or their beginnings', () => {
    expect(ids('GPU-6a4')).toEqual(['GPU-6a4c2e60-1b7d-4f3a-9c58-0d1e2f3a4b56'])
  })

  it('are UUIDs for MIG slices, also where the caller’s list has an index', () => {
    const mig = report('mig', recording('nvidia/mig.list.txt'))
    const { gpus, hidden, visibleBy } = visibleNvidia(mig, { CUDA_VISIBLE_DEVICES: '0' })
    expect(gpus.map(({ id }) => id)).toEqual([
      'MIG-11111111-2222-5333-8444-555555555555',
      'MIG-22222222-3333-5444-8555-666666666666',
      'MIG-33333333-4444-5555-8666-777777777777',
    ])
    expect(hidden.map(({ id }) => id)).toEqual(['1'])
    expect(visibleBy).toBe('CUDA_VISIBLE_DEVICES=0')
  })

  it('are doubtful, with a warning, for indices among GPUs of different models', () => {
    const warnings = (env: Record<string, string>) =>
      visibleNvidia(report('silent'), env).warnings.filter(text => text.includes('CUDA_DEVICE_ORDER'))
    expect(warnings({ CUDA_VISIBLE_DEVICES: '0' })).toHaveLength(1)
    expect(warnings({ CUDA_VISIBLE_DEVICES: '0', CUDA_DEVICE_ORDER: 'PCI_BUS_ID' })).toEqual([])
    expect(warnings({})).toEqual([])
  })
})
