import { cgroupFolders, parseMounts } from './cgroup.ts'
import type { SystemFiles } from './systemFiles.ts'

/** Whether this process may give each job a cgroup with a limit of its own, and else why not: one line for people. */
export type Delegation =
  | {
      readonly can: true
      /** The cgroup in which those of jobs are made. */
      readonly folder: string
      /** The processes in it, which have to leave it before: none where it hands its memory on already. */
      readonly toMove: readonly number[]
    }
  | { readonly can: false; readonly why: string }

/** Whoever asks: its process, and what it may write. */
export interface Asker {
  readonly pid: number
  readonly canWrite: (path: string) => boolean
}

const ADVICE = 'systemd-run --user --scope -p Delegate=yes longshore run … gives a run a cgroup of its own'

/**
 * A cgroup of version 2 limits the memory of those below it when it has the memory controller, may be written, and holds
 * no processes itself (cgroups(7), "no internal processes"). Its own processes can move below it; those of others cannot.
 */
export function memoryDelegation(files: SystemFiles, asker: Asker): Delegation {
  const own = cgroupFolders(files, 'memory').find(({ version }) => version === 2)?.folder
  if (own === undefined) return no('no cgroups of version 2 are mounted here')
  const controllers = wordsOf(files, `${own}/cgroup.controllers`)
  if (!controllers.includes('memory')) return no(withoutMemory(files, own, controllers))
  const needed = [own, `${own}/cgroup.procs`, `${own}/cgroup.subtree_control`]
  if (!needed.every(asker.canWrite)) return no(`this user may not write to ${own}: ${ADVICE}`)
  const isHandedOn = wordsOf(files, `${own}/cgroup.subtree_control`).includes('memory')
  // The topmost has no type: it may hold processes and hand on its memory all the same.
  if (isHandedOn || !files.exists(`${own}/cgroup.type`)) return { can: true, folder: own, toMove: [] }
  const inside = wordsOf(files, `${own}/cgroup.procs`).map(Number)
  const strangers = inside.filter(pid => !isKin(files, asker.pid, pid))
  if (strangers.length === 0) return { can: true, folder: own, toMove: inside }
  return no(`${own} holds processes of others (${strangers.slice(0, 3).join(', ')}): ${ADVICE}`)
}

function no(why: string): Delegation {
  return { can: false, why }
}

function withoutMemory(files: SystemFiles, own: string, controllers: readonly string[]): string {
  const mounts = parseMounts(files.read('/proc/self/mountinfo') ?? '')
  const isOld = mounts.some(mount => mount.version === 1 && mount.controllers.includes('memory'))
  const has = controllers.length > 0 ? `only ${controllers.join(', ')}` : 'none'
  const because = isOld ? 'version 1 of cgroups has it' : ADVICE
  return `${own} has no memory controller (${has}): ${because}`
}

/** The same process, one above it or one below it. */
function isKin(files: SystemFiles, own: number, pid: number): boolean {
  return lineOf(files, own).includes(pid) || lineOf(files, pid).includes(own)
}

/** A process and those above it. */
function lineOf(files: SystemFiles, pid: number): number[] {
  const stat = files.read(`/proc/${pid}/stat`)
  const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ', 2)[1] ?? 0)
  return parent > 0 ? [pid, ...lineOf(files, parent)] : [pid]
}

function wordsOf(files: SystemFiles, path: string): string[] {
  return files.read(path)?.split(/\s+/).filter(Boolean) ?? []
}
