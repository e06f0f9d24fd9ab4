import { describe, expect, it } from 'vitest'
import { probeCpuAndMemory } from '../../src/probe/cpuAndMemory.ts'
import { machine } from './support/recordings.ts'

const GIB_KB = 2 ** 20
const look = (name: string) => probeCpuAndMemory(machine(name), 'linux')

describe('threads, cores and RAM of recorded machines', () => {
  it('counts the cores of a hybrid laptop by their siblings: 14, not half of 20 threads', async () => {
    const { cpu, memory, warnings } = await look('laptop-hybrid')
    expect(cpu).toMatchObject({ threads: 20, online: 20, quota: null, physicalCores: 14 })
    expect(cpu.model).toBe('12th Gen Intel(R) Core(TM) i7-12700H')
    expect(cpu.cores.map(({ cpus }) => cpus).slice(4, 8)).toEqual([[8, 9], [10, 11], [12], [13]])
    expect(cpu.cores.filter(({ kind }) => kind === 'performance')).toHaveLength(6)
    expect(cpu.cores.filter(({ kind }) => kind === 'efficiency')).toHaveLength(8)
    expect(memory).toMatchObject({ limit: null, availableGb: 21757952 / GIB_KB, totalGb: 32614468 / GIB_KB })
    expect(warnings).toEqual([])
  })

  it('puts the cores of one socket side by side, though its CPUs are numbered alternately', async () => {
    const { cpu, numa } = await look('server-two-sockets')
    expect(cpu).toMatchObject({ threads: 64, physicalCores: 32 })
    expect(cpu.cores.map(({ socket }) => socket)).toEqual([...Array(16).fill(0), ...Array(16).fill(1)])
    expect(cpu.cores.slice(0, 3).map(({ cpus }) => cpus)).toEqual([
      [0, 32],
      [2, 34],
      [4, 36],
    ])
    expect(cpu.cores.map(({ cpus, ...place }) => [cpus[0], place.numaNode]).slice(15, 17)).toEqual([
      [30, 0],
      [1, 1],
    ])
    expect(numa.map(({ id, cpus }) => [id, cpus.length])).toEqual([
      [0, 32],
      [1, 32],
    ])
    expect(numa[0]?.totalGb).toBeCloseTo(251.6, 1)
  })

  it('keeps the fraction of a quota and says where it comes from', async () => {
    const { cpu } = await look('container-v2')
    expect(cpu.threads).toBe(1.5)
    expect(cpu.quota).toEqual({ value: 1.5, from: '/sys/fs/cgroup/cpu.max' })
    expect(cpu.physicalCores).toBe(4)
  })

  it('takes the use of a container from its limit, but not the page cache that it can give up', async () => {
    const { memory } = await look('container-v2')
    expect(memory.limit).toEqual({ value: 4, from: '/sys/fs/cgroup/memory.max' })
    expect(memory).toMatchObject({ totalGb: 4, availableGb: 2, machineGb: 65777216 / GIB_KB })
  })

  it('obeys the tighter limits of a cgroup above its own, and memory.high', async () => {
    const { cpu, memory } = await look('pod-v2')
    expect(cpu.threads).toBe(0.25)
    expect(cpu.quota?.from).toBe('/sys/fs/cgroup/kubepods/pod1/cpu.max')
    expect(memory.limit).toEqual({ value: 1, from: '/sys/fs/cgroup/kubepods/pod1/memory.high' })
    expect(memory.availableGb).toBe(0.5)
  })

  it('reads quota, cpuset and limit of a container under version 1', async () => {
    const { cpu, memory, numa } = await look('container-v1')
    expect(cpu).toMatchObject({ threads: 2.5, allowed: [3, 4, 5], online: 16, physicalCores: 2 })
    expect(cpu.quota?.from).toBe('/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us')
    expect(cpu.cores.map(({ cpus }) => cpus)).toEqual([[3], [4, 5]])
    expect(numa[0]?.cpus).toEqual([3, 4, 5])
    expect(memory.limit?.from).toBe('/sys/fs/cgroup/memory/memory.limit_in_bytes')
    expect(memory).toMatchObject({ totalGb: 2, availableGb: 1.5 })
  })

  it('does not count CPUs that a virtual machine’s mask names but that are not there', async () => {
    const { cpu, memory } = await look('virtual-machine')
    expect(cpu).toMatchObject({ threads: 4, allowed: [0, 1, 2, 3], quota: null, model: null })
    expect(memory.limit).toBeNull()
  })

  it('invents no cores where the kernel shows no topology, and says so', async () => {
    const { cpu, warnings } = await look('virtual-machine')
    expect(cpu).toMatchObject({ physicalCores: 0, cores: [] })
    expect(warnings).toEqual([expect.stringContaining('no CPU topology')])
  })
})
