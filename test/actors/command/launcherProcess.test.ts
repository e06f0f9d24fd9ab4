import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { skipUnless } from '../../support/skip.ts'
import { commandExecutor, isAlive, parentOf } from './harness.ts'

const LAUNCHER_PROCESS = fileURLToPath(
  new URL('../../../src/actors/command/launcherProcess.ts', import.meta.url),
)

const PATIENT = { timeout: 10_000 }

describe('launchers that are started ahead', () => {
  it('are taken by the first commands, and end with the executor, taken or not', async ctx => {
    skipUnless(ctx, process.platform === 'linux', 'the children of a process are read from /proc')
    const { executor, run } = commandExecutor()
    executor.expect(1000)
    const launchers = launchersOfThisProcess()
    expect(launchers).toHaveLength(2)
    const attempt = run({ command: ['sleep', '1000'] })
    expect(launchers).toContain(parentOf(await attempt.started))
    expect(launchersOfThisProcess()).toEqual(launchers)
    await executor.close()
    await expect.poll(() => launchers.filter(isAlive), PATIENT).toEqual([])
  })

  it('are as many as there are commands, where these are few', async ctx => {
    skipUnless(ctx, process.platform === 'linux', 'the children of a process are read from /proc')
    const { executor } = commandExecutor()
    executor.expect(0)
    expect(launchersOfThisProcess()).toEqual([])
    executor.expect(1)
    executor.expect(1)
    expect(launchersOfThisProcess()).toHaveLength(1)
  })

  it('do not keep a process alive that has nothing else to do, and end with it', async ctx => {
    skipUnless(ctx, process.platform === 'linux', 'the children of a process are read from /proc')
    const program = `
      import { readFileSync } from 'node:fs'
      import { readyLaunchers } from ${JSON.stringify(LAUNCHER_PROCESS)}
      readyLaunchers(1)
      process.stdout.write(readFileSync(\`/proc/self/task/\${process.pid}/children\`, 'utf8'))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
    const launcher = Number(stdout)
    expect(launcher).toBeGreaterThan(0)
    await expect.poll(() => isAlive(launcher), PATIENT).toBe(false)
  })
})

function launchersOfThisProcess(): number[] {
  return readdirSync('/proc/self/task')
    .flatMap(thread => readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' '))
    .map(Number)
    .filter(pid => pid > 0 && isAlive(pid))
    .filter(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/command/launcher.'))
    .sort((a, b) => a - b)
}
