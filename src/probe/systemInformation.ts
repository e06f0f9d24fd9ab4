import { availableParallelism } from 'node:os'
import si from 'systeminformation'
import { fromBytes } from '../units.ts'
import type { CpuAndMemoryReport } from './report.ts'

/**
 * Threads, cores and RAM on systems without `/proc` (macOS, …). Processes cannot be pinned there, so the physical
 * cores are counted but none is offered. Import this file lazily: the library takes tens of milliseconds to load.
 */
export async function cpuAndMemoryBySysteminformation(): Promise<CpuAndMemoryReport> {
  const [cpu, memory] = await Promise.all([si.cpu(), si.mem()])
  const threads = availableParallelism()
  const totalGb = fromBytes(memory.total)
  return {
    cpu: {
      model: brandOf(cpu),
      online: cpu.cores || threads,
      allowed: Array.from({ length: threads }, (_, i) => i),
      quota: null,
      threads,
      physicalCores: cpu.physicalCores,
      cores: [],
    },
    memory: { machineGb: totalGb, totalGb, availableGb: fromBytes(memory.available), limit: null },
    numa: [],
    warnings: ['Processes cannot be pinned to cores on this system, so no job can ask for physicalCores.'],
  }
}

/** Brand of the CPU, `null` where it is not known. */
export async function cpuBrand(): Promise<string | null> {
  return brandOf(await si.cpu())
}

function brandOf({ manufacturer, brand }: { manufacturer: string; brand: string }): string | null {
  return [manufacturer, brand].filter(Boolean).join(' ') || null
}

/** Name and version of the operating system. */
export async function osName(): Promise<string> {
  const { distro, release } = await si.osInfo()
  return [distro, release].filter(Boolean).join(' ')
}
