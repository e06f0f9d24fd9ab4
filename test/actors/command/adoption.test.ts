import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createCommandExecutor } from '../../../src/actors/command/executor.ts'
import { type Entry, readNotebook } from '../../../src/actors/command/notebook.ts'
import { commandExecutor, startIn, temporaryFolder } from './harness.ts'

const GRACE_S = 0.2
const PATIENCE = { timeout: 20_000, interval: 10 }

interface Notebook {
  readonly name: string
  readonly pid: number
  readonly entries: readonly Entry[]
}

function notebooks(folder: string): Notebook[] {
  const files = readdirSync(folder).filter(name => name.endsWith('.jsonl'))
  return files.map(file => {
    const entries = readNotebook(join(folder, file))
    const [self] = entries
    return { name: file.slice(0, -'.jsonl'.length), pid: self?.type === 'launcher' ? self.pid : 0, entries }
  })
}

function has(type: Entry['type'], { entries }: Notebook): boolean {
  return entries.some(entry => entry.type === type)
}

/** The kernel lists the socket that listens, and the end of each connection to it. */
function isConnected({ name }: Notebook): boolean {
  const sockets = readFileSync('/proc/net/unix', 'utf8').split('\n')
  return sockets.filter(line => line.endsWith(`${name}.sock`)).length > 1
}

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) act()
    isDone = true
  }
}

describe('launchers of an earlier scheduler', () => {
  it('are heard also while another one of them still has to answer', async () => {
    const folder = temporaryFolder()
    const go = join(temporaryFolder(), 'go')
    const { executor, run } = commandExecutor({ folder, graceS: GRACE_S })
    const command = `while [ ! -e ${go} ]; do sleep 0.02; done`
    const attempts = [run({ command }), run({ command })]
    await vi.waitFor(() => {
      expect(notebooks(folder).filter(notebook => has('seen', notebook))).toHaveLength(2)
    }, PATIENCE)
    void executor.letGo()
    await vi.waitFor(() => {
      expect(readdirSync(folder).filter(name => name.endsWith('.sock'))).toHaveLength(2)
    }, PATIENCE)

    const [first, second] = notebooks(folder)
    if (!first || !second) throw new Error('expected two launchers')
    process.kill(second.pid, 'SIGSTOP')
    const thaw = once(() => process.kill(second.pid, 'SIGCONT'))
    onTestFinished(thaw)
    const next = createCommandExecutor({ now: () => 42, graceS: GRACE_S, folder })
    onTestFinished(() => next.close())
    const works = attempts.map(({ work }) => work)
    const adopted = next.adopt(new Map(works.map(({ placement, paths }) => [placement.id, paths.output])))
    await vi.waitFor(() => expect(isConnected(first)).toBe(true), PATIENCE)
    writeFileSync(go, '')
    await vi.waitFor(() => {
      expect(notebooks(folder).some(one => one.pid === first.pid && has('ended', one))).toBe(true)
    }, PATIENCE)
    thaw()

    expect((await adopted).size).toBe(2)
    const endings = await Promise.all(works.map(work => startIn(next, work).exited))
    expect(endings.map(({ ok }) => ok)).toEqual([true, true])
  })
})
