import { parseCpuList } from './cpuList.ts'
import type { CoreReport, NumaReport } from './report.ts'
import { readNumber, type SystemFiles } from './systemFiles.ts'

const CPUS = '/sys/devices/system/cpu'

/**
 * The physical cores of the allowed CPUs, by what the kernel says of siblings (never "half of the threads": some
 * machines have no siblings, hybrid ones have them on some cores). Ordered by socket, NUMA node and core id, so that
 * neighbours in the list are neighbours in the machine. Empty where the kernel shows no topology.
 */
export function physicalCores(
  files: SystemFiles,
  allowed: readonly number[],
  numa: readonly NumaReport[],
): CoreReport[] {
  const kinds = coreKinds(files)
  const cores: CoreReport[] = []
  const seen = new Set<number>()
  for (const cpu of allowed) {
    if (seen.has(cpu)) continue
    const cpus = siblings(files, cpu).filter(sibling => allowed.includes(sibling))
    for (const sibling of cpus) seen.add(sibling)
    if (cpus.length > 0) cores.push({ cpus, ...placeOf(files, cpu, numa), kind: kinds(cpu) })
  }
  return cores.sort(asNeighbours)
}

function siblings(files: SystemFiles, cpu: number): number[] {
  return parseCpuList(files.read(`${CPUS}/cpu${cpu}/topology/thread_siblings_list`) ?? '')
}

function placeOf(files: SystemFiles, cpu: number, numa: readonly NumaReport[]) {
  return {
    socket: readNumber(files, `${CPUS}/cpu${cpu}/topology/physical_package_id`) ?? -1,
    numaNode: numa.find(({ cpus }) => cpus.includes(cpu))?.id ?? 0,
    coreId: readNumber(files, `${CPUS}/cpu${cpu}/topology/core_id`) ?? cpu,
  }
}

/** On hybrid Intel CPUs the kernel keeps a list of CPUs for each kind of core. */
function coreKinds(files: SystemFiles): (cpu: number) => CoreReport['kind'] {
  const performance = parseCpuList(files.read('/sys/devices/cpu_core/cpus') ?? '')
  const efficiency = parseCpuList(files.read('/sys/devices/cpu_atom/cpus') ?? '')
  if (performance.length === 0 || efficiency.length === 0) return () => null
  return cpu => (performance.includes(cpu) ? 'performance' : efficiency.includes(cpu) ? 'efficiency' : null)
}

/** Core ids begin again in each cluster of some ARM machines; the first CPU then decides. */
function asNeighbours(a: CoreReport, b: CoreReport): number {
  return (
    a.socket - b.socket ||
    a.numaNode - b.numaNode ||
    a.coreId - b.coreId ||
    (a.cpus[0] ?? 0) - (b.cpus[0] ?? 0)
  )
}
