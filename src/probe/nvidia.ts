import { type MigDevice, type MigRam, nominalRam, parseMigDevices, parseMigRam, ramShare } from './mig.ts'
import {
  GPU_FIELDS,
  MIG_FIELD,
  type NvidiaGpu,
  PROCESS_FIELDS,
  parseGpus,
  parseProcesses,
} from './nvidiaQuery.ts'
import type { GpuProcess, GpuReport } from './report.ts'
import { type Environment, runTool, type ToolResult } from './tool.ts'
import { failedTool, type VendorReport } from './vendor.ts'

/** What nvidia-smi wrote: three or four runs. */
export interface NvidiaOutputs {
  /** `--query-gpu` */
  readonly gpus: string
  /** `--query-compute-apps`; empty where that failed. */
  readonly processes: string
  /** `-L`; empty where that failed. */
  readonly list: string
  /** `-q`, asked only where there are MIG slices. */
  readonly query: string
}

/** Asks nvidia-smi (at `path`) for all GPUs, their processes and MIG slices. A failure is one warning, no GPUs. */
export async function probeNvidia(path: string, env: Environment, timeoutS: number): Promise<VendorReport> {
  const run = (...args: string[]) => runTool(path, args, env, timeoutS)
  const [gpus, processes, list] = await Promise.all([
    queryGpus(run),
    run(`--query-compute-apps=${PROCESS_FIELDS}`, ...CSV),
    run('-L'),
  ])
  if (!gpus.ok) return failedTool(path, gpus.problem)
  const split = parseMigDevices(textOf(list)).length > 0
  const query = split ? textOf(await run('-q')) : ''
  const report = nvidiaReport({ gpus: gpus.stdout, processes: textOf(processes), list: textOf(list), query })
  return report ?? failedTool(path, 'it lists no GPU')
}

const CSV = ['--format=csv,noheader,nounits']

/** Old drivers refuse the whole query for a field that they do not know. */
async function queryGpus(run: (...args: string[]) => Promise<ToolResult>): Promise<ToolResult> {
  const result = await run(`--query-gpu=${[...GPU_FIELDS, MIG_FIELD]}`, ...CSV)
  const tooOld = !result.ok && result.problem.includes(MIG_FIELD)
  return tooOld ? run(`--query-gpu=${GPU_FIELDS}`, ...CSV) : result
}

function textOf(result: ToolResult): string {
  return result.ok ? result.stdout : ''
}

/** The GPUs and MIG slices in nvidia-smi's outputs; `null` where they tell of none. */
export function nvidiaReport(outputs: NvidiaOutputs): VendorReport | null {
  const gpus = parseGpus(outputs.gpus)
  if (gpus.length === 0) return null
  const processes = parseProcesses(outputs.processes)
  const slices = parseMigDevices(outputs.list)
  const ram = parseMigRam(outputs.query)
  const reports = gpus.map(gpu => {
    const own = slices.filter(slice => slice.gpu === gpu.index)
    return gpu.mig || own.length > 0 ? splitGpu(gpu, own, ram, processes) : wholeGpu(gpu, processes)
  })
  return { devices: reports.flatMap(r => r.devices), warnings: reports.flatMap(r => r.warnings) }
}

type ProcessesByUuid = ReadonlyMap<string, readonly GpuProcess[]>

function wholeGpu(gpu: NvidiaGpu, processes: ProcessesByUuid): VendorReport {
  const { index, uuid, name, totalRamGb, freeRamGb, utilization } = gpu
  const device = {
    ...({ vendor: 'nvidia', kind: 'gpu', id: `${index}`, index, uuid, parentUuid: null } as const),
    ...{ name, totalRamGb, freeRamGb, utilization, processes: processes.get(uuid ?? '') ?? [] },
  }
  return { devices: [device], warnings: freeRamGb === null ? [ramUnknown(`GPU ${index}`)] : [] }
}

function ramUnknown(what: string): string {
  return `The driver does not tell the free RAM of ${what}: say how much jobs may use with --capacity gpuRamGb=N.`
}

/** CUDA cannot use a GPU with MIG switched on as a whole, so its slices stand in its place. */
function splitGpu(
  gpu: NvidiaGpu,
  slices: readonly MigDevice[],
  ram: ReadonlyMap<string, MigRam>,
  processes: ProcessesByUuid,
): VendorReport {
  if (slices.length === 0) return { devices: [], warnings: [unsliced(gpu.index)] }
  const devices = slices.map(slice => migSlice(gpu, slice, ram, processes))
  const guessed = slices.some(slice => !ram.has(key(slice)))
  return { devices, warnings: guessed ? [guessedRam(gpu.index)] : [] }
}

function migSlice(
  gpu: NvidiaGpu,
  slice: MigDevice,
  ram: ReadonlyMap<string, MigRam>,
  processes: ProcessesByUuid,
): GpuReport {
  const { profile, uuid } = slice
  const whole = ram.get(key(slice)) ?? nominalRam(profile)
  const part = (gib: number | undefined) => (gib === undefined ? null : gib * ramShare(profile))
  return {
    ...({ vendor: 'nvidia', kind: 'mig', id: uuid, index: gpu.index, uuid, parentUuid: gpu.uuid } as const),
    name: `${gpu.name} MIG ${profile}`,
    totalRamGb: part(whole?.totalRamGb),
    freeRamGb: part(whole?.freeRamGb),
    utilization: null,
    processes: processes.get(uuid) ?? [],
  }
}

function key({ gpu, device }: MigDevice): string {
  return `${gpu}/${device}`
}

function unsliced(index: number): string {
  return `GPU ${index} has MIG switched on but no slices, so CUDA cannot use it: make slices (nvidia-smi mig -cgi …) or switch MIG off.`
}

function guessedRam(index: number): string {
  return `The driver does not tell the RAM of the MIG slices of GPU ${index}: taken from the names of their profiles, as if nothing used it.`
}
