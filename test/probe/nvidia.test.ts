import { describe, expect, it } from 'vitest'
import { nominalRam, parseMigDevices, parseMigRam, ramShare } from '../../src/probe/mig.ts'
import { nvidiaReport } from '../../src/probe/nvidia.ts'
import { recording } from './support/recordings.ts'

function read(name: string, kinds: readonly string[]) {
  const text = (kind: string) => (kinds.includes(kind) ? recording(`nvidia/${name}.${kind}`) : '')
  return nvidiaReport({
    ...{ gpus: text('gpus.csv'), processes: text('processes.csv') },
    ...{ list: text('list.txt'), query: text('query.txt') },
  })
}

describe('what nvidia-smi writes', () => {
  it('tells of eight GPUs with RAM, use and the processes of others', () => {
    const report = read('eight', ['gpus.csv', 'processes.csv', 'list.txt'])
    expect(report?.devices.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
    expect(report?.warnings).toEqual([])
    expect(report?.devices[2]).toMatchObject({
      ...{ kind: 'gpu', name: 'NVIDIA A100-SXM4-80GB', totalRamGb: 80, utilization: 0.97 },
      freeRamGb: 12345 / 1024,
      processes: [
        { pid: 4242, name: '/usr/bin/python3', ramGb: 60 },
        { pid: 4243, name: 'python -c "print(1, 2)"', ramGb: 7 },
      ],
    })
    expect(report?.devices[5]?.processes).toEqual([{ pid: 99, name: '/opt/app/bin/serve', ramGb: null }])
  })

  it('lists MIG slices in place of the GPU that they split, with their UUIDs and RAM', () => {
    const report = read('mig', ['gpus.csv', 'list.txt', 'query.txt'])
    expect(report?.devices.map(({ kind, id, index }) => [kind, id, index])).toEqual([
      ['mig', 'MIG-11111111-2222-5333-8444-555555555555', 0],
      ['mig', 'MIG-22222222-3333-5444-8555-666666666666', 0],
      ['mig', 'MIG-33333333-4444-5555-8666-777777777777', 0],
      ['gpu', '1', 1],
    ])
    expect(report?.devices[0]).toMatchObject({
      ...{ name: 'NVIDIA A100-SXM4-40GB MIG 3g.20gb', totalRamGb: 19.5, freeRamGb: 14.5 },
      parentUuid: 'GPU-5d5ba0d6-d33d-4b2c-9e2f-0a1b2c3d4e5f',
    })
    expect(report?.devices[1]?.totalRamGb).toBe(9856 / 1024 / 2)
    expect(report?.devices[2]?.totalRamGb).toBe(4.75)
    expect(report?.warnings).toEqual([expect.stringContaining('RAM of the MIG slices of GPU 0')])
  })

  it('does not offer a GPU that has MIG switched on and no slices', () => {
    const report = read('mig', ['gpus.csv'])
    expect(report?.devices.map(({ id }) => id)).toEqual(['1'])
    expect(report?.warnings).toEqual([expect.stringContaining('GPU 0 has MIG switched on but no slices')])
  })

  it('knows what it was not told: [N/A], [Not Supported], [Insufficient Permissions]', () => {
    const report = read('silent', ['gpus.csv'])
    expect(report?.devices[0]).toMatchObject({ freeRamGb: null, utilization: null, totalRamGb: 979 / 1024 })
    expect(report?.devices[1]).toMatchObject({ uuid: null, name: 'NVIDIA GPU', totalRamGb: null })
    expect(report?.warnings).toHaveLength(2)
    expect(report?.warnings[1]).toContain('GPU 1')
  })

  it('tells of no GPU at all', () => {
    expect(nvidiaReport({ gpus: 'No devices were found\n', processes: '', list: '', query: '' })).toBeNull()
  })
})

describe('MIG', () => {
  it('reads the UUIDs of old drivers too', () => {
    const list = 'GPU 3: A100 (UUID: GPU-a)\n  MIG 1g.5gb Device 0: (UUID: MIG-GPU-a/7/0)\n'
    expect(parseMigDevices(list)).toEqual([{ gpu: 3, device: 0, profile: '1g.5gb', uuid: 'MIG-GPU-a/7/0' }])
  })

  it('takes the RAM of the slices, not of the GPU below them', () => {
    expect([...parseMigRam(recording('nvidia/mig.query.txt'))]).toEqual([
      ['0/0', { totalRamGb: 19.5, freeRamGb: 14.5 }],
      ['0/1', { totalRamGb: 9.625, freeRamGb: 9.625 }],
    ])
  })

  it('divides the RAM that compute instances have in common', () => {
    expect(ramShare('1c.2g.10gb')).toBe(0.5)
    expect(ramShare('3g.20gb')).toBe(1)
    expect(nominalRam('3g.20gb')?.totalRamGb).toBeLessThan(19968 / 1024)
    expect(nominalRam('whole')).toBeNull()
  })
})
