import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fromBytes } from '../units.ts'
import { parseKilobytes } from './memory.ts'
import { findProgram, runTool } from './tool.ts'

/**
 * The most RAM that a live process has had resident so far, in GiB; `null` where it cannot be seen or has ended. From
 * `/proc/PID/status` (`VmHWM`) on Linux, from `ps` (RAM now) elsewhere.
 *
 * Resident rather than proportional RAM: it does not depend on how many processes happen to share pages at that
 * moment, it is what peaks of jobs are measured in, and it errs on the safe side.
 */
export async function ramOfProcess(pid: number): Promise<number | null> {
  if (process.platform !== 'linux') return ramByPs(pid)
  const { readFile } = await import('node:fs/promises')
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return parseKilobytes(status, 'VmHWM')
}

async function ramByPs(pid: number): Promise<number | null> {
  const ps = findProgram('ps', process.env)
  const result = ps === null ? null : await runTool(ps, ['-o', 'rss=', '-p', `${pid}`], process.env, 2)
  const kilobytes = result?.ok ? Number.parseInt(result.stdout, 10) : Number.NaN
  return Number.isFinite(kilobytes) ? fromBytes(kilobytes * 1024) : null
}

/** A process that stands idle and says so: by a first line on its standard output, or a first message to its parent. */
export interface BareProcess {
  readonly file: string
  readonly args: readonly string[]
  readonly says: 'line' | 'message'
}

/**
 * Starts a process, looks at its RAM as soon as it says that it stands, and ends it. `null` where it could not be
 * started or did not stand within `timeoutS` seconds. It has a session of its own: a worker ends its whole process group
 * when its parent goes.
 */
export async function ramOfBareProcess(
  { file, args, says }: BareProcess,
  timeoutS: number,
): Promise<number | null> {
  const channel = says === 'message' ? (['ipc'] as const) : []
  const child = spawn(file, args, { detached: true, stdio: ['pipe', 'pipe', 'ignore', ...channel] })
  const gone = once(child, 'close').then(
    () => false,
    () => false,
  )
  const stands = standing(child, says, timeoutS)
  try {
    const ready = await Promise.race([stands, gone])
    return ready && child.pid !== undefined ? await ramOfProcess(child.pid) : null
  } finally {
    child.kill('SIGKILL')
    await gone
  }
}

async function standing(child: ChildProcess, says: BareProcess['says'], timeoutS: number): Promise<boolean> {
  const signal = AbortSignal.timeout(timeoutS * 1000)
  const [source, event] = says === 'message' ? [child, 'message'] : [child.stdout, 'data']
  if (source === null) return false
  return once(source, event, { signal }).then(
    () => true,
    () => false,
  )
}
