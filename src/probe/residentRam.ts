import { type SpawnOptions, spawn } from 'node:child_process'
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

/**
 * Starts a process that writes something to its standard output as soon as it stands idle, looks at its RAM and ends
 * it. `null` where it could not be started or was not ready within `timeoutS` seconds.
 */
export async function ramOfBareProcess(
  program: string,
  args: readonly string[],
  timeoutS: number,
  options: SpawnOptions = {},
): Promise<number | null> {
  const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'ignore'] })
  const gone = once(child, 'close').catch(() => {})
  try {
    if (!child.stdout || child.pid === undefined) return null
    const signal = AbortSignal.timeout(timeoutS * 1000)
    const ready = await Promise.race([once(child.stdout, 'data', { signal }).then(() => true), gone])
    return ready === true ? await ramOfProcess(child.pid) : null
  } catch {
    return null
  } finally {
    child.kill('SIGKILL')
    await gone
  }
}
