import { parseCpuList } from '../../probe/cpuList.ts'
import { type GpuShare, gpusIn } from './gres.ts'
import { fieldOf, numberOf, parseRecords, type SlurmRecord } from './records.ts'

/** What an allocation has of some of its nodes. */
export interface NodeShare {
  /** As SLURM writes lists of hosts: `n[1-4]`. */
  readonly nodes: string
  readonly cpus: number
  /** `null` where SLURM does not count memory. */
  readonly ramGb: number | null
  readonly gpus: GpuShare
}

/** A job of SLURM, as `scontrol --details show job` has it. */
export interface Allocation {
  readonly jobId: string
  /** `RUNNING`, `COMPLETING`, `CANCELLED`, … */
  readonly state: string
  /** List of its nodes, as SLURM writes it; `null` while, and after, it has any. */
  readonly nodes: string | null
  readonly shares: readonly NodeShare[]
  /** When SLURM ends it, ms since the epoch; `null` for an allocation without a time limit. */
  readonly endsAt: number | null
}

/** The job that `scontrol --oneliner --details show job ID` has printed; `null` where that is none. */
export function parseAllocation(text: string): Allocation | null {
  const [record] = parseRecords(text)
  const jobId = record && fieldOf(record, 'JobId')
  if (!record || !jobId) return null
  return {
    jobId,
    state: fieldOf(record, 'JobState') ?? 'UNKNOWN',
    nodes: fieldOf(record, 'NodeList'),
    shares: sharesOf(record),
    endsAt: timeOf(fieldOf(record, 'EndTime')),
  }
}

/** `Nodes=n[1-2] CPU_IDs=0-7 Mem=4000 GRES=gpu:4(IDX:0-3)`, once for all nodes of which the job has the same. */
function sharesOf(record: SlurmRecord): NodeShare[] {
  return record.flatMap(([key, nodes], at) => {
    const next = record.findIndex(([name], i) => i > at && name === 'Nodes')
    const part = record.slice(at, next < 0 ? undefined : next)
    const cpus = fieldOf(part, 'CPU_IDs')
    if (key !== 'Nodes' || cpus === null) return []
    const mib = numberOf(part, 'Mem') ?? 0
    return [
      {
        nodes,
        cpus: parseCpuList(cpus).length,
        ramGb: mib > 0 ? mib / 1024 : null,
        gpus: gpusIn(fieldOf(part, 'GRES') ?? ''),
      },
    ]
  })
}

/** SLURM writes local times without a zone: `2026-11-23T00:07:35`. */
function timeOf(text: string | null): number | null {
  const time = text === null ? Number.NaN : new Date(text).getTime()
  return Number.isNaN(time) ? null : time
}

/** Whether jobs may still be started in an allocation. */
export function isRunning({ state }: Allocation): boolean {
  return state === 'RUNNING' || state === 'CONFIGURING' || state === 'SUSPENDED'
}
