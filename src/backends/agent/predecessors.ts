import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { makeFolder, removeIfEmpty } from '../../actors/makeFolder.ts'
import { bootId, startTicks } from '../../actors/procfs.ts'
import { LongshoreError } from '../../errors.ts'

const LONGEST_WAIT_MS = 10_000
const LOOK_EVERY_MS = 20
const MARK = /^agent\.(\d+)\.(\d+)\.([\w-]+)$/

/**
 * Notes that this agent runs tasks, in the folder of its node, and waits until no earlier one there does: these end with
 * their agents, of which nobody else would know. Returns what takes the note away. Throws a `LongshoreError` where an
 * earlier agent does not end.
 */
export async function succeed(folder: string): Promise<() => void> {
  makeFolder(folder)
  const earlier = readdirSync(folder).filter(name => MARK.test(name))
  const own = join(folder, `agent.${process.pid}.${startTicks(process.pid) ?? 0}.${bootId() ?? 'unknown'}`)
  writeFileSync(own, '', { mode: 0o600 })
  const done = (): void => {
    rmSync(own, { force: true })
    removeIfEmpty(folder)
  }
  try {
    for (const name of earlier) await gone(folder, name)
  } catch (error) {
    done()
    throw error
  }
  return done
}

async function gone(folder: string, name: string): Promise<void> {
  const path = join(folder, name)
  const since = performance.now()
  while (existsSync(path) && isAlive(name)) {
    if (performance.now() - since > LONGEST_WAIT_MS) throw silent(name)
    await wait(LOOK_EVERY_MS)
  }
  rmSync(path, { force: true })
}

function isAlive(name: string): boolean {
  const [, pid, ticks, boot] = MARK.exec(name) ?? []
  return boot === (bootId() ?? 'unknown') && startTicks(Number(pid)) === Number(ticks)
}

function silent(name: string): LongshoreError {
  const [, pid] = MARK.exec(name) ?? []
  return new LongshoreError(
    `process ${pid}, which runs tasks of this run for a scheduler that has ended, does not end. Is it stopped? kill -CONT ${pid} lets it go on`,
  )
}
