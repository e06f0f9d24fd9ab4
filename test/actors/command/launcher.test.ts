import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { receive, sender } from '../../../src/actors/command/channel.ts'
import { endingsIn, fence, fencedIn } from '../../../src/actors/command/executor.ts'
import { notebooksIn } from '../../../src/actors/command/notebook.ts'
import type { LauncherOrder, LauncherReport } from '../../../src/actors/command/protocol.ts'
import { endRemains } from '../../../src/actors/command/remains.ts'
import { createSessionEnder } from '../../../src/actors/command/sessions.ts'
import { commandExecutor, isAlive, parentOf, temporaryFolder } from './harness.ts'

const LAUNCHER = fileURLToPath(new URL('../../../src/actors/command/launcher.ts', import.meta.url))

describe('a launcher that is killed', () => {
  it('loses its commands, which are ended before they are told as lost', async () => {
    const { run } = commandExecutor()
    const attempt = run({
      command: "trap '' TERM; sleep 1000 & echo $!; echo progress=1 > $LONGSHORE_OUTPUT; wait",
    })
    const pid = await attempt.started
    await attempt.progressed
    process.kill(parentOf(pid), 'SIGKILL')
    const ending = await attempt.exited
    expect([pid, Number(attempt.stdout())].filter(isAlive)).toEqual([])
    expect(ending).toMatchObject({ ok: false, exitCode: null, signal: null })
    expect(ending.failure).toEqual({
      reason: 'lost',
      message: 'its launcher process died (SIGKILL); what it ran was ended',
    })
  })

  it('is replaced for later commands, and the others go on', async () => {
    const { run, executor } = commandExecutor()
    // Nothing in its environment tells whose it is: its pid alone does.
    const lost = run({ command: ['env', '-i', 'sleep', '1000'] })
    const other = run({ command: ['sleep', '1000'] })
    const pid = await lost.started
    const launcher = parentOf(pid)
    expect(launcher).not.toBe(parentOf(await other.started))
    process.kill(launcher, 'SIGKILL')
    expect((await lost.exited).failure?.reason).toBe('lost')
    expect(isAlive(pid)).toBe(false)
    expect(await run({ command: ['true'] }).exited).toMatchObject({ ok: true })
    expect(other.reports.map(({ type }) => type)).toEqual(['job.started'])
    executor.terminate(other.work.placement.id)
    expect(await other.exited).toMatchObject({ signal: 'SIGTERM' })
  })

  it('leaves nothing behind of a command whose start it could not tell any more', async () => {
    const output = join(temporaryFolder(), 'output')
    const child = spawn('sleep', ['1000'], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, LONGSHORE_OUTPUT: output },
    })
    await once(child, 'spawn')
    const ended = once(child, 'exit')
    const other = { pid: null, output: `${output}-of-another` }
    const gone: unknown[] = []
    await new Promise<void>(resolve => {
      endRemains([{ pid: null, output }, other], createSessionEnder(0.2), command => {
        if (gone.push(command.output) === 2) resolve()
      })
    })
    expect(gone).toEqual([other.output, output])
    expect(await ended).toEqual([null, 'SIGTERM'])
  })
})

describe('a launcher whose orders end', () => {
  it('ends its commands, also those that ignore TERM, and itself', async () => {
    const launcher = spawn(process.execPath, [LAUNCHER], { stdio: ['pipe', 'pipe', 'ignore'] })
    onTestFinished(() => void launcher.kill('SIGKILL'))
    const orders = sender<LauncherOrder>(launcher.stdin)
    const pids: number[] = []
    const ready = new Promise<void>(resolve => {
      let progressed = 0
      receive<LauncherReport>(launcher.stdout, report => {
        if (report.type === 'started') pids.push(report.pid)
        if (report.type === 'progressed' && ++progressed === 2) resolve()
      })
    })
    const runDir = temporaryFolder()
    orders.send({ type: 'hello', env: { PATH: process.env['PATH'] ?? '' }, graceS: 0.2, folder: null })
    for (const [id, trap] of [
      ['polite', ''],
      ['deaf', "trap '' TERM;"],
    ] as const)
      orders.send(startOrder(runDir, id, `${trap} echo progress=1 > $OUTPUT; exec sleep 1000`))
    await ready
    expect(pids.filter(isAlive)).toHaveLength(2)
    launcher.stdin.end()
    expect(await once(launcher, 'close')).toEqual([0, null])
    expect(pids.filter(isAlive)).toEqual([])
  })
})

function startOrder(runDir: string, id: string, command: string): LauncherOrder {
  const path = (name: string): string => join(runDir, id, name)
  const output = path('output')
  const logs = { stdout: path('out'), stderr: path('err') }
  return {
    type: 'start',
    id,
    command,
    cwd: null,
    env: { OUTPUT: output },
    cpus: [],
    jobDir: join(runDir, id),
    output,
    ...logs,
  }
}

describe('a launcher whose scheduler is gone', () => {
  it.each(['before', 'after'])(
    'tells of no command as failed that was ended %s it was, as all processes are when a machine goes down',
    async order => {
      const folder = temporaryFolder()
      const { run, executor } = commandExecutor({ folder })
      const attempt = run({ command: ['sleep', '1000'] })
      const pid = await attempt.started
      const launcher = parentOf(pid)
      const left = executor.letGo()
      for (const one of order === 'before' ? [pid, launcher] : [launcher, pid]) process.kill(one, 'SIGTERM')
      await left
      expect(isAlive(pid)).toBe(false)
      expect(notebooksIn(folder).filter(({ type }) => type === 'ended')).toEqual([])
    },
  )

  it('tells of a command that somebody has killed', async () => {
    const folder = temporaryFolder()
    const { run, executor } = commandExecutor({ folder })
    const attempt = run({ command: ['sleep', '1000'] })
    const pid = await attempt.started
    const left = executor.letGo()
    process.kill(pid, 'SIGKILL')
    await left
    const ended = notebooksIn(folder).filter(({ type }) => type === 'ended')
    expect(ended).toMatchObject([{ ending: { ok: false, signal: 'SIGKILL' } }])
  })

  it('kills what it runs when it finds that its node was given up, and is not asked any more', async () => {
    const folder = temporaryFolder()
    const { run, executor } = commandExecutor({ folder })
    const attempt = run({
      command: "trap 'exit 0' TERM; echo progress=1 > $LONGSHORE_OUTPUT; sleep 1000 & wait",
    })
    const pid = await attempt.started
    await attempt.progressed
    const left = executor.letGo()
    fence(folder)
    await left
    expect(isAlive(pid)).toBe(false)
    expect(attempt.reports.map(({ type }) => type)).not.toContain('job.exited')
    // What was killed has not come to its end.
    expect(endingsIn(folder).size).toBe(0)
    expect(fencedIn(join(folder, '..'))).toContain(folder)
  })
})
