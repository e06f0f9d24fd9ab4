import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { skipUnless } from '../../support/skip.ts'
import { commandExecutor, isAlive } from './harness.ts'

const hasProc = existsSync('/proc/self/status')
const NO_PROC = 'needs /proc, which Linux has'

function allowedCpus(status: string): string {
  return /^Cpus_allowed_list:\s+(\S+)/m.exec(status)?.[1] ?? ''
}

describe('a pinned command', () => {
  it('may use its CPUs only', async context => {
    skipUnless(context, hasProc && existsSync('/usr/bin/taskset'), 'needs taskset (package util-linux)')
    const cpu = Number.parseInt(allowedCpus(readFileSync('/proc/self/status', 'utf8')), 10)
    const attempt = commandExecutor().run({ command: ['cat', '/proc/self/status'], cores: [0], cpus: [cpu] })
    expect(await attempt.exited).toMatchObject({ ok: true })
    expect(allowedCpus(attempt.stdout())).toBe(String(cpu))
  })

  it('that does not exist fails by its own name, not by that of the program that pins', async () => {
    const ending = await commandExecutor().run({ command: ['frobnicate'], cpus: [0] }).exited
    expect(ending.failure?.reason).toBe('start')
    expect(ending.failure?.message).toMatch(/^no such program: frobnicate /)
  })

  it('fails with what to do where the program that pins is missing', async () => {
    const { run } = commandExecutor({ env: { PATH: '/nowhere' } })
    const ending = await run({ command: ['/bin/sh', '-c', 'exit 0'], cpus: [0] }).exited
    expect(ending.failure?.reason).toBe('start')
    expect(ending.failure?.message).toContain('taskset (package util-linux)')
  })
})

describe('the RAM of a command', () => {
  it('counts with its peak, also when that was over before the next sample', async context => {
    skipUnless(context, hasProc, NO_PROC)
    const { run, executor } = commandExecutor()
    const script = `
      let block = Buffer.alloc(200 * 2 ** 20, 1)
      setTimeout(() => {
        block = null
        gc()
        require('node:fs').writeFileSync(process.env.LONGSHORE_OUTPUT, 'progress=1')
        setInterval(() => {}, 1e6)
      }, 100)`
    const attempt = run({ command: [process.execPath, '--expose-gc', '-e', script] })
    await attempt.progressed
    const now = executor.ramGb?.(attempt.work.placement.id) ?? Number.NaN
    executor.kill(attempt.work.placement.id)
    const { peakRamGb } = await attempt.exited
    expect(peakRamGb).toBeGreaterThan(200 / 1024)
    expect(peakRamGb).toBeLessThan(400 / 1024)
    expect(now).toBeGreaterThan(0)
    expect(now).toBeLessThan(peakRamGb ?? 0)
  })

  it('counts with that of its children', async context => {
    skipUnless(context, hasProc, NO_PROC)
    const { run, executor } = commandExecutor()
    const script = `
      globalThis.block = Buffer.alloc(100 * 2 ** 20, 1)
      require('node:fs').writeFileSync(process.env.LONGSHORE_OUTPUT, 'progress=1')
      setInterval(() => {}, 1e6)`
    const attempt = run({ command: `'${process.execPath}' -e "$SCRIPT" & wait`, env: { SCRIPT: script } })
    await attempt.progressed
    executor.kill(attempt.work.placement.id)
    expect((await attempt.exited).peakRamGb).toBeGreaterThan(100 / 1024)
  })

  it('is unknown of one that was over before anybody could look', async () => {
    const ending = await commandExecutor().run({ command: ['frobnicate'] }).exited
    expect(ending.peakRamGb).toBeNull()
  })
})

describe('a shell with job control', () => {
  it('has its process groups ended with it', async context => {
    skipUnless(context, hasProc && existsSync('/bin/bash'), 'needs bash')
    const { run, executor } = commandExecutor()
    const script = 'set -m; sleep 1000 & echo $!; echo progress=1 > $LONGSHORE_OUTPUT; wait'
    const attempt = run({ command: ['/bin/bash', '-c', script] })
    await attempt.progressed
    const child = Number(attempt.stdout())
    expect(isAlive(child)).toBe(true)
    executor.kill(attempt.work.placement.id)
    expect(await attempt.exited).toMatchObject({ signal: 'SIGKILL' })
    expect(isAlive(child)).toBe(false)
  })
})
