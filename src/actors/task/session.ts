import { processIds, readProc } from '../procfs.ts'

/**
 * Live processes of a session but for its leader. A worker leads a session of its own, so these are what its tasks
 * have started. Zombies do not count: in a container whose first process reaps nobody they stay for ever. A look
 * costs about 10 µs for each process of the machine; without /proc (macOS) nothing is seen.
 */
export function membersOf(session: number): number[] {
  return processIds().filter(pid => pid !== session && isLiveMember(pid, session))
}

function isLiveMember(pid: number, session: number): boolean {
  const stat = readProc(`/proc/${pid}/stat`)
  if (stat === null) return false
  // The name stands in parentheses and may hold anything: the fields are counted from its end.
  const [state, , , of] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 4)
  return Number(of) === session && state !== 'Z' && state !== 'X'
}

/** Ends a worker's process group at once. */
export function killGroup(leader: number): void {
  kill(-leader)
}

const LONGEST_WAIT_MS = 50

/**
 * Ends what is left of the session of a worker that has ended, and the `others` that belong to it, then calls `gone`. The
 * kernel tells only a parent that a process has ended, so while somebody is left it looks again, at growing intervals.
 */
export function endSession(
  session: number,
  others: () => readonly number[],
  gone: () => void,
  waitMs = 1,
): void {
  killGroup(session)
  const left = [...(isGroupEmpty(session) ? [] : membersOf(session)), ...others()]
  for (const pid of left) kill(pid)
  if (left.length === 0) gone()
  else setTimeout(endSession, waitMs, session, others, gone, Math.min(waitMs * 2, LONGEST_WAIT_MS))
}

/** Spares the usual case, a worker that has started nobody, the look at all processes. */
function isGroupEmpty(leader: number): boolean {
  try {
    return !process.kill(-leader, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
