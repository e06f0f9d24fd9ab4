import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { CommandEnding, CommandStand } from './protocol.ts'

/** A line of a launcher's notebook. */
export type Entry =
  /** The first: which process it is. A process id alone proves nothing: its start and that of the machine do. */
  | {
      readonly type: 'launcher'
      readonly pid: number
      readonly ticks: number | null
      readonly boot: string | null
    }
  /** A command that lives: its leader. */
  | { readonly type: 'seen'; readonly id: string; readonly pid: number; readonly ticks: number | null }
  | ({ readonly type: 'ended'; readonly ending: CommandEnding } & Omit<CommandStand, 'ending' | 'ramGb'>)

/** What a launcher must not forget when it dies: a JSON line each, written before the scheduler is told. */
export interface Notebook {
  note(entry: Entry): void
  /** Writes what was noted. A full disk keeps it from that: then it is tried again with the next. */
  flush(): void
  readonly bytes: number
  /** Holds nothing but these from now on. */
  rewrite(entries: readonly Entry[]): void
  remove(): void
}

/** Only the run's user may read it. */
const PRIVATE = 0o600

export function createNotebook(path: string): Notebook {
  let waiting = ''
  let bytes = 0
  /** Kept open: to open it for each line would cost more than the line. */
  let fd: number | null = null
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const close = (): void => {
    if (fd !== null) closeSync(fd)
    fd = null
  }
  return {
    note(entry) {
      waiting += lineOf(entry)
    },
    flush() {
      if (waiting === '') return
      try {
        fd ??= openSync(path, 'a', PRIVATE)
        appendFileSync(fd, waiting)
        bytes += waiting.length
        waiting = ''
      } catch {
        // No room: the scheduler is told all the same.
      }
    },
    get bytes() {
      return bytes
    },
    rewrite(entries) {
      const text = entries.map(lineOf).join('')
      try {
        writeFileSync(`${path}.new`, text, { mode: PRIVATE })
        renameSync(`${path}.new`, path)
        close()
        bytes = text.length
        waiting = ''
      } catch {
        // The longer one does as well.
      }
    },
    remove() {
      close()
      try {
        rmSync(path, { force: true })
      } catch {
        // A disk that has become read-only: it stays, and says no more than what is so.
      }
    },
  }
}

/** The lines of a notebook. The last may be cut off, when its launcher died while it wrote. */
export function readNotebook(path: string): Entry[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap(line => {
      try {
        return line === '' ? [] : [JSON.parse(line) as Entry]
      } catch {
        return []
      }
    })
}

/** The lines of all notebooks in a folder; none where it is not there. */
export function notebooksIn(folder: string): Entry[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => name.endsWith('.jsonl'))
    .flatMap(name => readNotebook(join(folder, name)))
}

function lineOf(entry: Entry): string {
  return `${JSON.stringify(entry)}\n`
}
