import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createLook, parseMemory, parseStat, seesProcesses } from '../../../src/actors/command/processes.ts'
import { skipUnless } from '../../support/skip.ts'

describe('what the kernel shows of a process', () => {
  it('is read right whatever the process is called', () => {
    expect(
      parseStat('4711 (a) S 1 (b) R 17 4700 4699 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 998877 9'),
    ).toEqual({
      pid: 4711,
      parent: 17,
      group: 4700,
      session: 4699,
      alive: true,
      ticks: 998877,
    })
  })

  it.each(['Z', 'X'])('counts a process in state %s as ended', state => {
    expect(parseStat(`5 (true) ${state} 1 5 5 0 -1 0`).alive).toBe(false)
  })

  it('gives resident memory in bytes, none for a process that holds none any more', () => {
    expect(parseMemory('Name:\tcat\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n')).toEqual({
      now: 1024 ** 2,
      peak: 2 * 1024 ** 2,
    })
    expect(parseMemory('Name:\tcat\nState:\tZ (zombie)\n')).toEqual({ now: 0, peak: 0 })
  })
})

describe('a repeated look at processes', () => {
  it('sees what is started in a wanted session, and looks at others once only', async ctx => {
    skipUnless(ctx, seesProcesses(), 'needs /proc (Linux)')
    await using shell = await startShell()
    const look = createLook()
    const pidsOf = (leader: number) =>
      look(({ session }) => (session === leader ? session : null))
        .get(leader)
        ?.map(({ pid }) => pid)
    const all = () => [...look(({ session }) => session).values()].flat().map(({ pid }) => pid)

    expect(pidsOf(shell.pid)).toEqual([shell.pid])
    const child = await shell.startChild()
    expect(pidsOf(shell.pid)?.toSorted()).toEqual([shell.pid, child].toSorted())
    await using later = await startShell()
    expect(all()).toEqual(expect.arrayContaining([shell.pid, child, later.pid]))
    expect(all()).not.toContain(process.pid)
  })
})

/** A shell in a session of its own, which starts a process when it is told to. */
async function startShell() {
  const script = 'echo ready; read go; sleep 60 & echo $!; wait'
  const shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  const { pid = 0, stdin, stdout } = shell
  await once(stdout, 'data')
  return {
    pid,
    async startChild(): Promise<number> {
      stdin.write('\n')
      const [line] = await once(stdout, 'data')
      return Number(String(line))
    },
    async [Symbol.asyncDispose]() {
      const gone = once(shell, 'close')
      process.kill(-pid, 'SIGKILL')
      await gone
    },
  }
}
