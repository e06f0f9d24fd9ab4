import { fromBytes } from '../units.ts'
import type { GpuProcess } from './report.ts'

/** Fields that are asked of nvidia-smi, in this order. Drivers before 450 do not know the last. */
export const GPU_FIELDS = ['index', 'uuid', 'name', 'memory.total', 'memory.free', 'utilization.gpu'] as const
export const MIG_FIELD = 'mig.mode.current'
export const PROCESS_FIELDS = ['gpu_uuid', 'pid', 'process_name', 'used_gpu_memory'] as const

/** A line of `nvidia-smi --query-gpu`. `null` stands for whatever the driver would not tell. */
export interface NvidiaGpu {
  readonly index: number
  readonly uuid: string | null
  readonly name: string
  readonly totalRamGb: number | null
  readonly freeRamGb: number | null
  readonly utilization: number | null
  readonly mig: boolean
}

/** GPUs of the output of `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`. */
export function parseGpus(csv: string): NvidiaGpu[] {
  return rowsOf(csv).flatMap(([index, uuid, name, total, free, utilization, mig]) => {
    const number = known(index)
    if (number === null || !/^\d+$/.test(number)) return []
    const percent = amount(utilization)
    return [
      {
        index: Number(number),
        uuid: known(uuid),
        name: known(name) ?? 'NVIDIA GPU',
        totalRamGb: mebibytes(total),
        freeRamGb: mebibytes(free),
        utilization: percent === null ? null : percent / 100,
        mig: known(mig) === 'Enabled',
      },
    ]
  })
}

/** Processes by the UUID of their GPU, of the output of `nvidia-smi --query-compute-apps`. */
export function parseProcesses(csv: string): Map<string, GpuProcess[]> {
  const processes = new Map<string, GpuProcess[]>()
  for (const [uuid, pid, ...rest] of rowsOf(csv)) {
    if (uuid === undefined || !/^\d+$/.test(pid ?? '')) continue
    const name = rest.slice(0, -1).join(', ')
    const process = { pid: Number(pid), name: known(name) ?? 'unknown', ramGb: mebibytes(rest.at(-1)) }
    processes.set(uuid, [...(processes.get(uuid) ?? []), process])
  }
  return processes
}

/**
 * nvidia-smi's CSV quotes nothing, so a CSV parser would stumble over a process name with a quote in it. The one field
 * that can hold a comma is the name of a process: it is asked for between fields that cannot.
 */
function rowsOf(csv: string): string[][] {
  const lines = csv.split('\n').filter(line => line.trim() !== '')
  return lines.map(line => line.split(',').map(field => field.trim()))
}

/** The driver writes `[N/A]`, `[Not Supported]`, `[Insufficient Permissions]`, `[Unknown Error]`, … */
function known(field: string | undefined): string | null {
  return field === undefined || field === '' || field === 'N/A' || /^\[.*\]$/.test(field) ? null : field
}

function amount(field: string | undefined): number | null {
  const text = known(field)
  return text !== null && Number.isFinite(Number(text)) ? Number(text) : null
}

function mebibytes(field: string | undefined): number | null {
  const mib = amount(field)
  return mib === null ? null : fromBytes(mib * 2 ** 20)
}
