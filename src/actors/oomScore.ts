import { writeFileSync } from 'node:fs'

/**
 * As if it held half of the machine's RAM more: what a kernel that is out of memory ends first. From −1000 to 1000
 * (proc_pid_oom_score_adj(5)); raising it is permitted to everybody.
 */
const SCORE = '500'

/** A process of a job is ended before the scheduler and its helpers are, by a kernel that is out of memory. */
export function endFirst(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, SCORE)
  } catch {
    // It has ended, or the kernel knows no such thing (macOS).
  }
}
