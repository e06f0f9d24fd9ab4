import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readNotebook } from '../../../src/actors/command/notebook.ts'
import { liveProcesses } from '../../../src/actors/command/processes.ts'

/** Agents of a node that may live still. */
export function agentsOf(folder: string): number[] {
  return filesOf(folder).flatMap(name => (name.startsWith('agent.') ? [Number(name.split('.')[1])] : []))
}

/** What lives of its launchers and commands, and of all that these have started. */
export function startedOf(folder: string): number[] {
  const leaders = new Set(
    filesOf(folder)
      .filter(name => name.endsWith('.jsonl'))
      .flatMap(name => readNotebook(join(folder, name)))
      .flatMap(entry => (entry.type === 'launcher' || entry.type === 'seen' ? [entry.pid] : [])),
  )
  return liveProcesses(session => leaders.has(session)).map(({ pid }) => pid)
}

/** Whether something of a node lives. */
export function livesIn(folder: string): boolean {
  return startedOf(folder).length > 0
}

function filesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
