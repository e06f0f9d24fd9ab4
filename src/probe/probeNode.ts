import { hostname } from 'node:os'
import { probeCpuAndMemory } from './cpuAndMemory.ts'
import { probeGpus } from './gpus.ts'
import { operatingSystem } from './names.ts'
import type { NodeReport } from './report.ts'
import { type SystemFiles, systemFiles } from './systemFiles.ts'
import type { Environment } from './tool.ts'

/** How a machine is looked at. */
export interface ProbeOptions {
  /** Where tools are looked up (`PATH`) and which GPUs are visible. Default: this process's. */
  readonly env?: Environment
  /** Default: this machine's. */
  readonly files?: SystemFiles
  /** Default: this machine's, as Node names it. */
  readonly platform?: string
  /** Name of the node. Default: the host name. */
  readonly name?: string
  /** How long a vendor's tool may take, in seconds. Default 5. */
  readonly timeoutS?: number
}

/**
 * Looks at this machine as a person would by hand: threads, cores, RAM, NUMA nodes and GPUs, all at once. Never rejects
 * for what a machine lacks: that stands in `warnings`. Writes nothing.
 */
export async function probeNode(options: ProbeOptions = {}): Promise<NodeReport> {
  const { files = systemFiles, platform = process.platform, name = hostname() } = options
  const [{ cpu, memory, numa, warnings }, gpus, os] = await Promise.all([
    probeCpuAndMemory(files, platform),
    probeGpus(options),
    operatingSystem(files, platform),
  ])
  return {
    ...{ name, platform, os, memory, numa },
    cpu: cpu.model === null ? { ...cpu, model: await brand() } : cpu,
    ...{ gpus: gpus.gpus, hiddenGpus: gpus.hidden, visibleBy: gpus.visibleBy },
    warnings: [...warnings, ...gpus.warnings],
  }
}

/** ARM's `/proc/cpuinfo` names no model. */
async function brand(): Promise<string | null> {
  const { cpuBrand } = await import('./systemInformation.ts')
  return cpuBrand()
}
