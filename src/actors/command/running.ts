import type { JobCgroup } from './cgroup.ts'
import type { CommandListener } from './commands.ts'
import { type OutputFile, openOutput } from './files.ts'
import type { CommandStand, CommandStart } from './protocol.ts'
import type { Sampled } from './sampler.ts'

/** RAM that has changed by less is not told again, in GiB. */
const TOLD_CHANGE_GB = 1 / 1024

/** A command as its launcher has it. */
export interface Running {
  readonly id: string
  readonly pid: number
  /** By the clock that cannot be set. */
  readonly startedAt: number
  /** By that of the machine, milliseconds since the epoch. */
  readonly since: number
  readonly outputPath: string
  readonly output: OutputFile
  readonly logs: readonly string[]
  /** What the kernel had killed before it was started. */
  readonly killsBefore: number | null
  /** `null` for one that is not limited. */
  readonly cgroup: JobCgroup | null
  sampled: Sampled
  isSeen: boolean
  toldRamGb: number
  toldProgress: number | null
  /** Somebody wants it to end. */
  isEnding: boolean
  /** The sessions that are left of it, once its leader has ended. */
  left: Set<number>
}

/** One that has just started; `killsBefore` and `cgroup` as in `Running`. */
export function newRunning(
  { id, output, stdout, stderr }: CommandStart,
  pid: number,
  killsBefore: number | null,
  cgroup: JobCgroup | null,
): Running {
  return {
    id,
    pid,
    startedAt: performance.now(),
    since: Date.now(),
    outputPath: output,
    output: openOutput(output),
    logs: [stdout, stderr],
    killsBefore,
    cgroup,
    sampled: { peakRamGb: null, manyGroups: false, strays: [] },
    isSeen: false,
    toldRamGb: 0,
    toldProgress: null,
    isEnding: false,
    left: new Set(),
  }
}

/** How it stands, for a scheduler that comes to it. */
export function standOf({ id, pid, since: startedAt, toldRamGb: ramGb }: Running): CommandStand {
  return { id, pid, startedAt, ramGb, ending: null }
}

/** Tells of its RAM and its progress where they have changed, as of now. */
export function tellSample(command: Running, ramGb: number, { tellSoon: tell, seen }: CommandListener): void {
  if (!command.isSeen) seen(command.id, command.pid)
  command.isSeen = true
  if (Math.abs(ramGb - command.toldRamGb) > TOLD_CHANGE_GB) {
    command.toldRamGb = ramGb
    tell({ type: 'sampled', id: command.id, ramGb })
  }
  const { progress } = command.output.read()
  if (progress === null || progress === command.toldProgress) return
  command.toldProgress = progress
  tell({ type: 'progressed', id: command.id, fraction: progress })
}
