import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { skipUnless } from '../../support/skip.ts'
import { commandExecutor, isAlive, parentOf } from './harness.ts'

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
  it('counts with its peak, also when that was over before anybody looked', async context => {
    skipUnless(context, hasProc, NO_PROC)
    const { run, executor, runDir } = commandExecutor()
    const script = `
      const { existsSync, writeFileSync } = require('node:fs')
      const waiting = setInterval(() => {
        if (!existsSync('go')) return
        clearInterval(waiting)
        Buffer.alloc(200 * 2 ** 20, 1)
        gc()
        writeFileSync(process.env.LONGSHORE_OUTPUT, 'progress=1')
        setInterval(() => {}, 1e6)
      }, 5)`
    const attempt = run({ command: [process.execPath, '--expose-gc', '-e', script], cwd: runDir })
    const launcher = parentOf(await attempt.started)
    process.kill(launcher, 'SIGSTOP')
    onTestFinished(() => void process.kill(launcher, 'SIGCONT'))
    writeFileSync(join(runDir, 'go'), '')
    await expect.poll(() => existsSync(attempt.work.paths.output), { timeout: 20_000 }).toBe(true)
    process.kill(launcher, 'SIGCONT')
    await attempt.progressed
    const now = executor.ramGb?.(attempt.work.placement.id)
    executor.kill(attempt.work.placement.id)
    const { peakRamGb } = await attempt.exited
    expect(peakRamGb).toBeGreaterThan(200 / 1024)
    expect(peakRamGb).toBeLessThan(400 / 1024)
    expect(now).toBeGreaterThan(0)
    expect(now).toBeLessThan(150 / 1024)
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
  it('has its process groups ended with it, at once where that is asked for', async context => {
    skipUnless(context, hasProc && existsSync('/bin/bash'), 'needs bash')
    const { run, executor } = commandExecutor({ graceS: 1000 })
    const deaf = "trap '' TERM; echo $BASHPID; echo progress=1 > $LONGSHORE_OUTPUT; exec sleep 1000"
    const script = `set -m; (${deaf}) & wait`
    const attempt = run({ command: ['/bin/bash', '-c', script] })
    const leader = await attempt.started
    await attempt.progressed
    const child = Number(attempt.stdout())
    executor.kill(attempt.work.placement.id)
    await expect.poll(() => isAlive(leader), { timeout: 10_000 }).toBe(false)
    expect(isAlive(child)).toBe(true)
    executor.kill(attempt.work.placement.id)
    expect(await attempt.exited).toMatchObject({ signal: 'SIGKILL' })
    expect(isAlive(child)).toBe(false)
  })
})
