import { fromBytes } from '../units.ts'
import { type CgroupFolder, cgroupFolders } from './cgroup.ts'
import type { Limit, MemoryReport } from './report.ts'
import { readNumber, type SystemFiles } from './systemFiles.ts'

/** RAM of the machine and what a cgroup leaves of it. Zeros where `/proc/meminfo` cannot be read. */
export function memoryReport(files: SystemFiles): MemoryReport {
  const meminfo = files.read('/proc/meminfo') ?? ''
  const machineGb = parseKilobytes(meminfo, 'MemTotal') ?? 0
  const machineFree = parseKilobytes(meminfo, 'MemAvailable') ?? parseKilobytes(meminfo, 'MemFree') ?? 0
  const limits = cgroupFolders(files, 'memory').flatMap(folder => memoryLimits(files, folder, machineGb))
  const tightest = limits.reduce<Limit | null>((a, b) => (a && a.value <= b.value ? a : b), null)
  return {
    machineGb,
    totalGb: Math.min(machineGb, tightest?.value ?? Number.POSITIVE_INFINITY),
    availableGb: Math.max(0, Math.min(machineFree, ...limits.map(({ leftGb }) => leftGb))),
    limit: tightest && { value: tightest.value, from: tightest.from },
  }
}

interface MemoryLimit extends Limit {
  /** What may still be used below this limit, in GiB. */
  readonly leftGb: number
}

/** GiB of a line `MemTotal:   24684096 kB`; `null` where there is no such line. */
export function parseKilobytes(meminfo: string, key: string): number | null {
  const match = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(meminfo)
  return match ? fromBytes(Number(match[1]) * 1024) : null
}

const FILES = {
  1: { limits: ['memory.limit_in_bytes'], usage: 'memory.usage_in_bytes', cache: 'total_inactive_file' },
  // Above memory.high a cgroup is slowed down until it is of no use, so that is a limit to plan with.
  2: { limits: ['memory.max', 'memory.high'], usage: 'memory.current', cache: 'inactive_file' },
} as const

/** The limits that a cgroup sets. Version 1 writes "none" as a number beyond any machine, version 2 as `max`. */
function memoryLimits(
  files: SystemFiles,
  { version, folder }: CgroupFolder,
  machineGb: number,
): MemoryLimit[] {
  const names = FILES[version]
  return names.limits.flatMap(name => {
    const bytes = readNumber(files, `${folder}/${name}`)
    if (bytes === null || fromBytes(bytes) >= machineGb) return []
    const leftGb = fromBytes(bytes - hardUse(files, folder, names))
    return [{ value: fromBytes(bytes), from: `${folder}/${name}`, leftGb }]
  })
}

/** Bytes in use that the kernel cannot simply give up: page cache that nobody touched of late is left out. */
function hardUse(files: SystemFiles, folder: string, names: (typeof FILES)[1 | 2]): number {
  const usage = readNumber(files, `${folder}/${names.usage}`) ?? 0
  const stat = files.read(`${folder}/memory.stat`) ?? ''
  const cache = new RegExp(`^${names.cache} (\\d+)`, 'm').exec(stat)?.[1]
  return Math.max(0, usage - Number(cache ?? 0))
}
