import { accessSync, constants, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Delegation, memoryDelegation } from '../../probe/delegation.ts'
import { systemFiles } from '../../probe/systemFiles.ts'
import { fromBytes, toBytes } from '../../units.ts'

/** The cgroup of a command (version 2). */
export interface JobCgroup {
  readonly folder: string
  /** All processes in it. */
  pids(): number[]
  /** Ends all of them at once, also those that fork meanwhile. */
  kill(): void
  /** How often the kernel has killed for its limit; `null` where there is no memory controller. */
  oomKills(): number | null
  /** Highest use in GiB, files that it has read among it; `null` where the kernel does not say (before 5.19). */
  peakGb(): number | null
  /** Takes it away, when nothing lives in it any more. */
  remove(): void
}

/** Whether jobs can be given cgroups with a limit by this process. */
export function findDelegation(): Delegation {
  return memoryDelegation(systemFiles, { pid: process.pid, canWrite })
}

/**
 * Makes a cgroup ready to hold those of jobs: moves what is in it one level down, and hands its memory on. Throws what the
 * system says where that cannot be.
 */
export function prepareCgroups({ folder, toMove }: Extract<Delegation, { can: true }>): void {
  if (toMove.length > 0) {
    const leaf = join(folder, 'longshore')
    makeCgroup(leaf)
    for (const pid of toMove) moveTo(leaf, pid)
  }
  writeFileSync(join(folder, 'cgroup.subtree_control'), '+memory')
}

/** Makes a cgroup below `parent`, with a limit in GiB; `null` for none. Throws what the system says. */
export function createJobCgroup(parent: string, name: string, limitGb: number | null): JobCgroup {
  const folder = join(parent, name)
  const read = (file: string): string | null => systemFiles.read(join(folder, file))
  makeCgroup(folder)
  if (limitGb !== null) setLimit(folder, limitGb)
  return {
    folder,
    pids: () => (read('cgroup.procs') ?? '').split('\n').filter(Boolean).map(Number),
    kill: () => writeFileSync(join(folder, 'cgroup.kill'), '1'),
    oomKills: () => countOf(read('memory.events') ?? '', 'oom_kill'),
    peakGb: () => bytesOf(read('memory.peak')),
    remove() {
      try {
        rmdirSync(folder)
      } catch {
        // Somebody lives in it who cannot be killed.
      }
    },
  }
}

/** Words that run a command in a cgroup: a shell goes there, and becomes it. */
export function enterCgroup(folder: string): string[] {
  return ['/bin/sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', folder]
}

/** Reads a line `KEY NUMBER`, as of `memory.events`; `null` where there is none. */
export function countOf(text: string, key: string): number | null {
  const count = new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1]
  return count === undefined ? null : Number(count)
}

/** Not one process of it is killed, but the job; and it is not driven into swap before that. */
function setLimit(folder: string, limitGb: number): void {
  writeFileSync(join(folder, 'memory.max'), String(toBytes(limitGb)))
  writeFileSync(join(folder, 'memory.oom.group'), '1')
  const swap = join(folder, 'memory.swap.max')
  if (systemFiles.exists(swap)) writeFileSync(swap, '0')
}

function bytesOf(text: string | null): number | null {
  return text !== null && /^\d+\s*$/.test(text) ? fromBytes(Number(text)) : null
}

function makeCgroup(folder: string): void {
  if (!systemFiles.exists(folder)) mkdirSync(folder)
}

/** A process that has ended meanwhile need not be moved. */
function moveTo(folder: string, pid: number): void {
  try {
    writeFileSync(join(folder, 'cgroup.procs'), String(pid))
  } catch (error) {
    if (systemFiles.exists(`/proc/${pid}`)) throw error
  }
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
