import { readProc } from '../procfs.ts'

const KIB_PER_GIB = 2 ** 20

/**
 * Resident memory in GiB of a process and of what it has started, each with what it shares; `null` when it is gone
 * or cannot be seen. About 20 µs a process.
 */
export function treeRamGb(pid: number): number | null {
  const own = residentGb(pid)
  if (own === null) return null
  return childrenOf(pid).reduce((sum, child) => sum + (treeRamGb(child) ?? 0), own)
}

function residentGb(pid: number): number | null {
  const line = /^VmRSS:\s*(\d+) kB/m.exec(readProc(`/proc/${pid}/status`) ?? '')
  return line === null ? null : Number(line[1]) / KIB_PER_GIB
}

/** Node starts processes from its main thread, whose id is that of the process. */
function childrenOf(pid: number): number[] {
  const text = readProc(`/proc/${pid}/task/${pid}/children`) ?? ''
  return text.split(' ').filter(Boolean).map(Number)
}
