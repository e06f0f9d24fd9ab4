import type { GpusReport } from './report.ts'
import { type SystemFiles, systemFiles } from './systemFiles.ts'
import { type Environment, findProgram } from './tool.ts'
import { missingTool, NOTHING, type VendorReport } from './vendor.ts'
import { visibleAmd, visibleNvidia } from './visibleGpus.ts'

/** How GPUs are looked for. */
export interface GpuProbeOptions {
  /** Where tools are looked up (`PATH`) and what is visible. Default: this process's. */
  readonly env?: Environment
  /** Default: this machine's. */
  readonly files?: SystemFiles
  /** How long a tool may take, in seconds. Default 5. */
  readonly timeoutS?: number
}

/**
 * Looks for GPUs through nvidia-smi and rocm-smi, as far as the caller's own list of visible devices shows them. Starts
 * no process where neither tool is in `PATH`. Never rejects: a tool that fails means no GPUs and one warning.
 */
export async function probeGpus(options: GpuProbeOptions = {}): Promise<GpusReport> {
  const { env = process.env, files = systemFiles, timeoutS = 5 } = options
  const [nvidia, amd] = await Promise.all([
    askNvidia(env, files, timeoutS).then(report => visibleNvidia(report, env)),
    askAmd(env, files, timeoutS).then(report => visibleAmd(report, env)),
  ])
  return oneVendor(nvidia, amd)
}

async function askNvidia(env: Environment, files: SystemFiles, timeoutS: number): Promise<VendorReport> {
  const path = findProgram('nvidia-smi', env)
  if (path === null) return withoutTool('nvidia-smi', '/dev/nvidiactl', files)
  const { probeNvidia } = await import('./nvidia.ts')
  return probeNvidia(path, env, timeoutS)
}

async function askAmd(env: Environment, files: SystemFiles, timeoutS: number): Promise<VendorReport> {
  const path = findProgram('rocm-smi', env)
  if (path === null) return withoutTool('rocm-smi', '/dev/kfd', files)
  const { probeAmd } = await import('./amd.ts')
  return probeAmd(path, env, timeoutS)
}

/** Without the vendor's device file there is nothing to tell. */
function withoutTool(tool: string, deviceFile: string, files: SystemFiles): VendorReport {
  return files.exists(deviceFile) ? missingTool(tool, deviceFile) : NOTHING
}

/** Both vendors number their GPUs from 0, and a job is told of both in one variable: only one can be used at a time. */
function oneVendor(nvidia: GpusReport, amd: GpusReport): GpusReport {
  const warnings = [...nvidia.warnings, ...amd.warnings]
  if (nvidia.gpus.length > 0 && amd.gpus.length > 0) {
    const hidden = [...nvidia.hidden, ...amd.gpus, ...amd.hidden]
    return {
      ...nvidia,
      hidden,
      warnings: [...warnings, 'There are GPUs of NVIDIA and AMD: those of AMD are not used.'],
    }
  }
  const used = amd.gpus.length > 0 ? amd : nvidia
  const hidden = [...nvidia.hidden, ...amd.hidden]
  return { gpus: used.gpus, hidden, visibleBy: nvidia.visibleBy ?? amd.visibleBy, warnings }
}
