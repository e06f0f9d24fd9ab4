import { describe, expect, it } from 'vitest'
import { capacityOf, describeNode, probeNode } from '../../src/probe/index.ts'
import { filesOf, machine } from './support/recordings.ts'
import { nvidiaSmi, ToolFolder } from './support/tools.ts'

const FIXED_RAM = { command: 0.0015, task: 0.08, inline: 0, cuda: 0.5 }

async function text(name: string, gpus?: string, env: Record<string, string> = {}) {
  using tools = new ToolFolder()
  if (gpus !== undefined) tools.add('nvidia-smi', nvidiaSmi(gpus))
  const report = await probeNode({ name, files: machine(name), platform: 'linux', env: tools.env(env) })
  // The kernel is this machine's own.
  const fixed = { ...report, os: report.os.replace(/, .*/, '') }
  return describeNode(fixed, capacityOf(fixed, { capacity: { resources: { license: 4 } } }), FIXED_RAM)
}

describe('the text about a node', () => {
  it('tells a container’s limits, where they come from, and what comes of them', async () => {
    expect(await text('container-v2')).toBe(`\
Node     container-v2
         Debian GNU/Linux 12 (bookworm)
CPU      AMD Ryzen 7 5800X 8-Core Processor
         8 logical CPUs in the machine
Threads  1.5 usable
         quota of 1.5 CPUs: /sys/fs/cgroup/cpu.max
Cores    4 physical, with siblings
RAM      62.7 GiB in the machine, 2.0 GiB available now
         limit of 4.0 GiB: /sys/fs/cgroup/memory.max
GPUs     none

Jobs may use
  threads  1.5
  cores    4 to pin jobs to
  RAM      1.8 GiB (90 % of what is available)
  license  4

A process costs before it does anything
  command  1.5 MiB
  task     81.9 MiB
`)
  })

  it('tells of GPUs, their users and those that are hidden', async () => {
    const lines = (await text('server-two-sockets', 'eight', { CUDA_VISIBLE_DEVICES: 'GPU-2a4c' })).split(
      '\n',
    )
    expect(lines).toEqual(
      expect.arrayContaining([
        'Cores    32 physical, with siblings, on 2 sockets',
        'GPU 2    NVIDIA A100-SXM4-80GB',
        '         GPU-2a4c2e60-1b7d-4f3a-9c58-0d1e2f3a4b52',
        '         80.0 GiB, 12.1 GiB free, 97 % busy',
        '         others use 67.0 GiB: python3 4242, python -c "print(1, 2)" 4243',
        'Hidden   7 GPUs by CUDA_VISIBLE_DEVICES=GPU-2a4c',
        '  CUDA     512 MiB',
      ]),
    )
  })

  it('tells the kinds of cores of a hybrid machine', async () => {
    expect(await text('laptop-hybrid')).toContain('14 physical (6 performance, 8 efficiency), with siblings')
  })

  it('ends with the warnings, and keeps to 80 columns', async () => {
    const shown = await text('virtual-machine', 'silent')
    expect(shown).toMatch(/\nWarnings\n {2}! The kernel shows no CPU topology/)
    expect(shown.split('\n').filter(line => line.length > 80)).toEqual([])
    expect(shown.endsWith('gpuRamGb=N.\n')).toBe(true)
  })

  it('breaks no word that is longer than a line', async () => {
    const long = `/sys/${'x'.repeat(90)}`
    const report = await probeNode({ files: machine('container-v2'), platform: 'linux', env: {} })
    const limited = { ...report, warnings: [`Look at ${long} now.`] }
    expect(describeNode(limited, capacityOf(limited), FIXED_RAM)).toContain(`\n    ${long}\n    now.\n`)
  })

  it('is told even of a machine that shows nothing', async () => {
    const report = await probeNode({ files: filesOf(''), platform: 'linux', env: {} })
    expect(describeNode(report, capacityOf(report), FIXED_RAM)).toMatch(/Threads +[\d.]+ usable/)
  })
})
