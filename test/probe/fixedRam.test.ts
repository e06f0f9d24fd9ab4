import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseContext } from '../../src/probe/cudaContext.ts'
import { ASSUMED_FIXED_RAM, type GpuReport, measureFixedRam, ramOfProcess } from '../../src/probe/index.ts'
import { skipUnless } from '../support/skip.ts'
import { ToolFolder } from './support/tools.ts'

const MIB = 1 / 1024

const gpu: GpuReport = {
  ...{ vendor: 'nvidia', kind: 'gpu', id: '0', index: 0, uuid: 'GPU-1', parentUuid: null, name: 'GPU' },
  ...{ totalRamGb: 8, freeRamGb: 8, utilization: 0, processes: [] },
}

/** Pids of the living children of this process. */
function children(): string[] {
  return readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/status`, 'utf8').includes(`\nPPid:\t${process.pid}\n`)
    } catch {
      return false
    }
  })
}

describe('fixed RAM', () => {
  it('is measured on bare processes: a waiting shell takes a few MiB, a Node worker tens', async () => {
    const fixed = await measureFixedRam()
    expect(fixed.sources).toEqual({
      command: 'measured',
      task: 'measured',
      inline: 'measured',
      cuda: 'assumed',
    })
    expect(fixed.command).toBeGreaterThan(0.1 * MIB)
    expect(fixed.command).toBeLessThan(20 * MIB)
    expect(fixed.task).toBeGreaterThan(20 * MIB)
    expect(fixed.task).toBeLessThan(300 * MIB)
    expect(fixed.inline).toBe(0)
  })

  it('leaves no process behind', async context => {
    skipUnless(context, process.platform === 'linux', 'needs /proc: run it on Linux')
    const before = children()
    await measureFixedRam()
    expect(children().filter(pid => !before.includes(pid))).toEqual([])
  })

  it('is measured on the very worker that runs tasks, where it is told how to start it', async () => {
    const hungry = `globalThis.kept = Buffer.alloc(200 * 2 ** 20, 1); process.send('ready'); process.on('disconnect', () => process.exit())`
    const fixed = await measureFixedRam({ worker: { file: process.execPath, args: ['-e', hungry] } })
    expect(fixed.task).toBeGreaterThan(200 * MIB)
  })

  it('is assumed, and says so, where a worker does not come up', async () => {
    for (const worker of [
      { file: '/no/such/node', args: [] },
      { file: process.execPath, args: ['-e', 'process.exit(1)'] },
    ]) {
      const fixed = await measureFixedRam({ worker })
      expect(fixed).toMatchObject({
        task: ASSUMED_FIXED_RAM.task,
        sources: { task: 'assumed', command: 'measured' },
      })
    }
  })

  it('is not waited for longer than its time', async () => {
    const silent = { file: process.execPath, args: ['-e', 'setInterval(() => {}, 1e6)'] }
    expect((await measureFixedRam({ worker: silent, timeoutS: 0.2 })).sources.task).toBe('assumed')
  })

  it('is what the caller sets', async () => {
    const set = { command: 0.01, task: 0.2, cuda: 0.6 }
    const fixed = await measureFixedRam({ set, gpus: [gpu] })
    expect(fixed).toMatchObject({ ...set, sources: { command: 'set', task: 'set', cuda: 'set' } })
  })

  it('grows with what a process takes', async () => {
    const child = spawn(process.execPath, [
      '-e',
      `Buffer.alloc(100 * 2 ** 20, 1); console.log('up'); setInterval(() => {}, 1e6)`,
    ])
    await once(child.stdout, 'data')
    expect(await ramOfProcess(child.pid ?? 0)).toBeGreaterThan(100 * MIB)
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await ramOfProcess(child.pid ?? 0)).toBeNull()
  })
})

describe('the CUDA context', () => {
  const measure = (tools: ToolFolder, of = gpu) =>
    measureFixedRam({ set: { command: 0, task: 0 }, gpus: [of], env: tools.env(), cudaTimeoutS: 10 })

  it('is what Python says that it took of that GPU', async () => {
    using tools = new ToolFolder()
      .add('nvidia-smi', 'exit 0')
      .add('python3', `[ "$CUDA_VISIBLE_DEVICES" = GPU-1 ] && [ "$4" = GPU-1 ] && echo 'context 512.0'`)
    expect(await measure(tools)).toMatchObject({ cuda: 0.5, sources: { cuda: 'measured' } })
  })

  it('is assumed where Python has no library for it', async () => {
    using tools = new ToolFolder()
      .add('nvidia-smi', 'exit 0')
      .add('python3', `echo ModuleNotFoundError >&2; exit 1`)
    expect(await measure(tools)).toMatchObject({ cuda: 0.5, sources: { cuda: 'assumed' } })
  })

  it('is not measured on a MIG slice', async () => {
    using tools = new ToolFolder().add('nvidia-smi', 'exit 0').add('python3', `echo 'context 512.0'`)
    expect((await measure(tools, { ...gpu, kind: 'mig' })).sources.cuda).toBe('assumed')
  })

  it('is not believed when the figure is none of a context', () => {
    expect(parseContext('warning\ncontext 487.5\n')).toBe(487.5 / 1024)
    expect(parseContext('context 0.0')).toBeNull()
    expect(parseContext('context 60000')).toBeNull()
    expect(parseContext('context -3')).toBeNull()
    expect(parseContext('')).toBeNull()
  })
})
