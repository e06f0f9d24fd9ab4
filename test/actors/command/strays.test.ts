import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { CommandExecutor } from '../../../src/actors/command/executor.ts'
import { startTicks } from '../../../src/actors/procfs.ts'
import { skipUnless } from '../../support/skip.ts'
import { type Attempt, commandExecutor, isAlive } from './harness.ts'

const hasSetsid = existsSync('/usr/bin/setsid') && existsSync('/proc/self/environ')
const NEEDS = 'needs /proc and setsid (package util-linux)'
/** Writes its id, and waits: without a group, a session and a parent that would tell whose it is. */
const DAEMON = 'setsid -f sh -c \'echo $$; echo progress=1 > "$LONGSHORE_JOB_DIR/output"; exec sleep 1000\''
/** The same, with an environment that says nothing; its parent lives. */
const BARE = "setsid env -i /bin/sh -c 'echo $$; exec sleep 1000' &"
const IS_TOLD = 'while [ ! -s /proc/$$/fd/1 ]; do sleep 0.01; done'
const IS_WRITTEN = 'while [ ! -s $LONGSHORE_OUTPUT ]; do sleep 0.01; done'

/** Holds 50 MB, and waits. */
const HOLDS = 'x=$(head -c 50000000 /dev/zero | tr "\\0" x); sleep 1000; echo $x'

const started: number[] = []
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
})

/** The process that a command has started and told of. */
async function daemonOf(attempt: Attempt): Promise<number> {
  await expect.poll(() => attempt.stdout(), { timeout: 10_000 }).toMatch(/^\d+\n/)
  const pid = Number.parseInt(attempt.stdout(), 10)
  started.push(pid)
  return pid
}

/** When the RAM has been seen that a command takes last, all that it has started before has been seen too. */
async function isSampled(executor: CommandExecutor, { work }: Attempt): Promise<void> {
  const ramGb = () => executor.ramGb?.(work.placement.id) ?? 0
  await expect.poll(ramGb, { timeout: 10_000 }).toBeGreaterThan(0.04)
}

describe('a process that a command has started in a session of its own', () => {
  it('is ended soon after a short command that has succeeded', async context => {
    skipUnless(context, hasSetsid, NEEDS)
    const attempt = commandExecutor().run({ command: `${DAEMON}; ${IS_WRITTEN}` })
    expect(await attempt.exited).toMatchObject({ ok: true })
    const daemon = await daemonOf(attempt)
    await expect.poll(() => isAlive(daemon), { timeout: 10_000 }).toBe(false)
  })

  it('has ended when the executor has, however short the command was before', async context => {
    skipUnless(context, hasSetsid, NEEDS)
    const { run, executor } = commandExecutor()
    const attempt = run({ command: `trap '' TERM; ${DAEMON}; ${IS_WRITTEN}` })
    await attempt.exited
    const daemon = await daemonOf(attempt)
    await executor.close()
    expect(isAlive(daemon)).toBe(false)
  })

  it.for(['terminate', 'kill'] as const)(
    'has ended when the command is told as ended (%s)',
    async (how, context) => {
      skipUnless(context, hasSetsid, NEEDS)
      const { run, executor } = commandExecutor()
      const attempt = run({ command: `trap '' TERM; ${DAEMON}; exec sleep 1000` })
      await attempt.started
      const daemon = await daemonOf(attempt)
      if (how === 'kill') executor.kill(attempt.work.placement.id)
      else executor.terminate(attempt.work.placement.id)
      if (how === 'terminate') process.kill(await attempt.started, 'SIGKILL')
      await attempt.exited
      expect(isAlive(daemon)).toBe(false)
    },
  )

  it('is known by its parent where its environment says nothing', async context => {
    skipUnless(context, hasSetsid, NEEDS)
    const { run, executor } = commandExecutor()
    const attempt = run({ command: `${BARE} ${IS_TOLD}; ${HOLDS}` })
    const daemon = await daemonOf(attempt)
    await isSampled(executor, attempt)
    process.kill(await attempt.started, 'SIGKILL')
    await attempt.exited
    expect(isAlive(daemon)).toBe(false)
  })

  it('stays where it was started without the mark of its job', async context => {
    skipUnless(context, hasSetsid, NEEDS)
    const { run, executor } = commandExecutor()
    const attempt = run({ command: `LONGSHORE_OUTPUT= ${DAEMON}; ${IS_WRITTEN}; ${HOLDS}` })
    const daemon = await daemonOf(attempt)
    await isSampled(executor, attempt)
    const ticks = startTicks(daemon)
    executor.kill(attempt.work.placement.id)
    await attempt.exited
    await executor.close()
    expect(startTicks(daemon)).toBe(ticks)
    expect(isAlive(daemon)).toBe(true)
  })

  it('of another command goes on', async context => {
    skipUnless(context, hasSetsid, NEEDS)
    const { run, executor } = commandExecutor()
    const [one, other] = [1, 2].map(() => run({ command: `${DAEMON}; exec sleep 1000` }))
    if (!one || !other) throw new Error('two were started')
    const [ended, lives] = [await daemonOf(one), await daemonOf(other)]
    executor.kill(one.work.placement.id)
    await one.exited
    expect([isAlive(ended), isAlive(lives)]).toEqual([false, true])
  })
})
