import { parseCpuList } from './cpuList.ts'
import { cpuQuota } from './cpuQuota.ts'
import { numaNodes } from './numa.ts'
import type { CpuReport, NumaReport } from './report.ts'
import type { SystemFiles } from './systemFiles.ts'
import { physicalCores } from './topology.ts'

/** Logical CPUs of the machine and of this process. */
export interface CpuSets {
  /** CPUs that are online. */
  readonly online: readonly number[]
  /** Those of them that this process may run on (affinity and cpuset). */
  readonly allowed: readonly number[]
}

/** `null` where `/proc/self/status` tells no affinity. */
export function cpuSets(files: SystemFiles): CpuSets | null {
  const affinity = parseAffinity(files.read('/proc/self/status') ?? '')
  if (affinity.length === 0) return null
  const listed = parseCpuList(files.read('/sys/devices/system/cpu/online') ?? '')
  const online = listed.length > 0 ? listed : affinity
  // The mask of a virtual machine can name CPUs that it does not have.
  const allowed = affinity.filter(cpu => online.includes(cpu))
  return { online, allowed }
}

/** CPUs of the line `Cpus_allowed_list:  0-3` of `/proc/self/status`. */
export function parseAffinity(status: string): number[] {
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '')
}

/** Threads and cores that this process may use, and the NUMA nodes they are on; `null` where Linux tells nothing. */
export function cpuReport(files: SystemFiles): { cpu: CpuReport; numa: NumaReport[] } | null {
  const sets = cpuSets(files)
  if (!sets) return null
  const { online, allowed } = sets
  const numa = numaNodes(files, allowed)
  const cores = physicalCores(files, allowed, numa)
  const quota = cpuQuota(files)
  const threads = usableThreads(allowed.length, quota?.value ?? null)
  const model = cpuModel(files)
  const cpu = { model, online: online.length, allowed, quota, threads, physicalCores: cores.length, cores }
  return { cpu, numa }
}

/** Allowed CPUs or quota, whichever is less, in whole thousandths (as threads are counted), never 0. */
function usableThreads(cpus: number, quota: number | null): number {
  const threads = Math.min(cpus, quota ?? cpus)
  return Math.max(0.001, Math.floor(threads * 1000 + 1e-6) / 1000)
}

/** Only the start of the file: it tells the first CPU, and the whole takes long on machines with many. */
function cpuModel(files: SystemFiles): string | null {
  const start = files.read('/proc/cpuinfo', 2048) ?? ''
  return /^model name\s*:\s*(.+)$/m.exec(start)?.[1]?.trim() ?? null
}
