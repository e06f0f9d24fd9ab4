import { parseCpuList } from './cpuList.ts'
import { parseKilobytes } from './memory.ts'
import type { NumaReport } from './report.ts'
import type { SystemFiles } from './systemFiles.ts'

const NODES = '/sys/devices/system/node'

/** The NUMA nodes that have allowed CPUs, by number; empty where the kernel shows none. */
export function numaNodes(files: SystemFiles, allowed: readonly number[]): NumaReport[] {
  return files
    .list(NODES)
    .flatMap(name => /^node(\d+)$/.exec(name)?.[1] ?? [])
    .map(id => numaNode(files, Number(id), allowed))
    .filter(({ cpus }) => cpus.length > 0)
    .sort((a, b) => a.id - b.id)
}

function numaNode(files: SystemFiles, id: number, allowed: readonly number[]): NumaReport {
  const cpus = parseCpuList(files.read(`${NODES}/node${id}/cpulist`) ?? '')
  const meminfo = (files.read(`${NODES}/node${id}/meminfo`) ?? '').replace(/^Node \d+ /gm, '')
  return {
    id,
    cpus: cpus.filter(cpu => allowed.includes(cpu)),
    totalGb: parseKilobytes(meminfo, 'MemTotal') ?? 0,
    freeGb: parseKilobytes(meminfo, 'MemFree') ?? 0,
  }
}
