import { execFileSync } from 'node:child_process'
import { totalmem } from 'node:os'
import { describe, expect, it } from 'vitest'
import { parseCpuList } from '../../src/probe/cpuList.ts'
import { type NodeReport, probeNode } from '../../src/probe/index.ts'
import { skipUnless } from '../support/skip.ts'

const INDEX = new URL('../../src/probe/index.ts', import.meta.url).href
const PRINT_REPORT = `import { probeNode } from ${JSON.stringify(INDEX)}; console.log(JSON.stringify(await probeNode()))`
const node = [process.execPath, '--input-type=module', '-e', PRINT_REPORT]

function probeUnder(...prefix: string[]): NodeReport {
  const [file = '', ...args] = [...prefix, ...node]
  return JSON.parse(execFileSync(file, args, { encoding: 'utf8' }))
}

const allowedHere = () =>
  parseCpuList(execFileSync('taskset', ['-pc', `${process.pid}`], { encoding: 'utf8' }).split(': ')[1] ?? '')

const isLinux = process.platform === 'linux'
const NEEDS_LINUX = 'needs Linux with taskset: install util-linux'

describe('this machine', () => {
  it('has the CPUs that taskset and nproc tell of, and no more threads than these', async context => {
    skipUnless(context, isLinux, NEEDS_LINUX)
    const { cpu } = await probeNode()
    expect(cpu.allowed).toEqual(allowedHere())
    const nproc = Number(execFileSync('nproc', { encoding: 'utf8', env: { PATH: process.env['PATH'] } }))
    expect(cpu.allowed).toHaveLength(nproc)
    expect(cpu.threads).toBe(Math.min(nproc, cpu.quota?.value ?? nproc))
  })

  it('has one thread and one core for a process that is pinned to one CPU', context => {
    skipUnless(context, isLinux, NEEDS_LINUX)
    const [cpu = 0] = allowedHere()
    const report = probeUnder('taskset', '-c', `${cpu}`)
    expect(report.cpu.threads).toBeLessThanOrEqual(1)
    expect(report.cpu.allowed).toEqual([cpu])
    expect(report.cpu.cores.flatMap(({ cpus }) => cpus)).toEqual([cpu])
  })

  it('has every allowed CPU on exactly one core', async context => {
    skipUnless(context, isLinux, NEEDS_LINUX)
    const { cpu } = await probeNode()
    const onCores = cpu.cores.flatMap(({ cpus }) => cpus).sort((a, b) => a - b)
    expect(onCores).toEqual(cpu.physicalCores === 0 ? [] : cpu.allowed)
  })

  it('has no more RAM available than there is, and some', async () => {
    const { memory } = await probeNode()
    expect(memory.machineGb).toBeGreaterThan(0)
    expect(Math.abs(memory.machineGb / (totalmem() / 2 ** 30) - 1)).toBeLessThan(0.01)
    expect(memory.availableGb).toBeGreaterThan(0)
    expect(memory.availableGb).toBeLessThanOrEqual(memory.totalGb)
  })

  it('is seen by systeminformation as by /proc, for systems that have none', async () => {
    const { cpuAndMemoryBySysteminformation } = await import('../../src/probe/systemInformation.ts')
    const [other, { cpu, memory }] = await Promise.all([cpuAndMemoryBySysteminformation(), probeNode()])
    expect(other.memory.machineGb).toBeCloseTo(memory.machineGb, 1)
    expect(other.cpu.model).toBeTypeOf('string')
    expect(other.cpu.threads).toBeGreaterThanOrEqual(Math.floor(cpu.threads))
    expect(other.cpu.cores).toEqual([])
  })

  it('is named with its operating system', async () => {
    const report = await probeNode({ name: 'here' })
    expect(report.name).toBe('here')
    expect(report.os).toMatch(/\S+ .*\d/)
  })
})
