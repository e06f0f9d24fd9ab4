import { cpuReport } from './cpus.ts'
import { memoryReport } from './memory.ts'
import type { CpuAndMemoryReport } from './report.ts'
import { type SystemFiles, systemFiles } from './systemFiles.ts'

/**
 * Looks at threads, cores, RAM and NUMA nodes: on Linux a few file reads (milliseconds), elsewhere, and where `/proc`
 * tells nothing, through systeminformation (which takes longer, so it is loaded only then).
 */
export async function probeCpuAndMemory(
  files: SystemFiles = systemFiles,
  platform: string = process.platform,
): Promise<CpuAndMemoryReport> {
  const seen = platform === 'linux' ? readLinux(files) : null
  if (seen) return seen
  const { cpuAndMemoryBySysteminformation } = await import('./systemInformation.ts')
  return cpuAndMemoryBySysteminformation()
}

function readLinux(files: SystemFiles): CpuAndMemoryReport | null {
  const cpus = cpuReport(files)
  const memory = memoryReport(files)
  if (!cpus || memory.totalGb === 0) return null
  return { ...cpus, memory, warnings: warningsOf(cpus.cpu.physicalCores, memory.availableGb) }
}

function warningsOf(cores: number, availableGb: number): string[] {
  const warnings: string[] = []
  if (cores === 0)
    warnings.push('The kernel shows no CPU topology here, so no job can be pinned to physical cores.')
  if (availableGb < 0.1)
    warnings.push(
      'Almost no RAM is free: end what is using it, or say how much to use with --capacity ramGb=N.',
    )
  return warnings
}
