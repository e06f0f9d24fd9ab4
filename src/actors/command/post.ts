import type { Duplex, Writable } from 'node:stream'
import { bootId, startTicks } from '../procfs.ts'
import { type Sender, sender } from './channel.ts'
import type { CommandListener } from './commands.ts'
import { createNotebook, type Entry, type Notebook } from './notebook.ts'
import {
  type CommandStand,
  type LauncherGreeting,
  type LauncherReport,
  PROTOCOL_VERSION,
} from './protocol.ts'

/** A notebook that has grown longer is begun anew, with what is still to be remembered. */
const LONG_BYTES = 2 ** 20

/** What a launcher has to tell: kept until a scheduler has it in its journal, whoever that scheduler is. */
export interface Post extends Pick<CommandListener, 'tellSoon' | 'seen' | 'ended'> {
  /** From now on this scheduler is told. One that comes later is greeted with how all commands stand. */
  connect(stream: Writable | Duplex, running: readonly CommandStand[] | null): void
  /** Nobody is told for now. */
  disconnect(): void
  acknowledge(ids: readonly string[]): void
  /** Writes and sends what waits, and then no more; forgets its notebook where nothing in it is needed. */
  close(): void
}

/** `path`: where the notebook is; `null` for a launcher that has none. */
export function createPost(path: string | null): Post {
  const notebook: Notebook | null = path === null ? null : createNotebook(path)
  const kept = new Map<string, Extract<Entry, { type: 'ended' }>>()
  const alive = new Map<string, Extract<Entry, { type: 'seen' }>>()
  const self: Entry = { type: 'launcher', pid: process.pid, ticks: startTicks(process.pid), boot: bootId() }
  let reports: Sender<LauncherReport | LauncherGreeting> | null = null
  notebook?.rewrite([self])

  return {
    connect(stream, running) {
      reports = sender(stream, () => notebook?.flush())
      if (running)
        reports.send({ type: 'here', version: PROTOCOL_VERSION, commands: [...running, ...stands(kept)] })
    },
    disconnect() {
      reports = null
    },
    tellSoon: report => reports?.sendSoon(report),
    seen(id, pid) {
      if (!notebook) return
      const entry = { type: 'seen', id, pid, ticks: startTicks(pid) } as const
      alive.set(id, entry)
      notebook.note(entry)
      notebook.flush()
    },
    ended(id, run, ending) {
      alive.delete(id)
      if (notebook) {
        const entry = { type: 'ended', id, ...run, ending } as const
        kept.set(id, entry)
        notebook.note(entry)
      }
      if (reports) reports.send({ type: 'exited', id, ending })
      else notebook?.flush()
    },
    acknowledge(ids) {
      for (const id of ids) kept.delete(id)
      if (notebook && notebook.bytes > LONG_BYTES)
        notebook.rewrite([self, ...alive.values(), ...kept.values()])
    },
    close() {
      reports?.end()
      notebook?.flush()
      if (kept.size === 0) notebook?.remove()
    },
  }
}

function stands(kept: ReadonlyMap<string, Extract<Entry, { type: 'ended' }>>): CommandStand[] {
  return [...kept.values()].map(({ type: _, ...stand }) => ({ ...stand, ramGb: 0 }))
}
