import type { GpuCapacity, NodeCapacity } from '../node.ts'
import type { MachineOptions } from './plan.ts'
import type { PlannedJob } from './planned.ts'

/** The nodes of a machine that was asked for: what is not named is as here. `jobs` say how much RAM a GPU needs that nobody named. */
export function nodesOf(
  options: MachineOptions,
  here: NodeCapacity,
  jobs: readonly PlannedJob[],
): NodeCapacity[] {
  const { nodes = 1, threads = here.threads, ramGb = here.ramGb, resources } = options
  const one = {
    threads,
    ramGb,
    cores: coresOf(threads, here),
    gpus: gpusOf(options, here.gpus, jobs),
    resources: { ...here.resources, ...resources },
  }
  const nameOf = (i: number) => (nodes === 1 ? here.name : `node${i + 1}`)
  return Array.from({ length: nodes }, (_, i) => ({ name: nameOf(i), ...one }))
}

/** As many threads a core as here. */
function coresOf(threads: number, here: NodeCapacity): NodeCapacity['cores'] {
  if (threads === here.threads) return here.cores
  const threadsPerCore = here.cores.length > 0 ? Math.max(1, here.threads / here.cores.length) : 1
  return Array.from({ length: Math.floor(threads / threadsPerCore) }, (_, core) => ({ cpus: [core] }))
}

function gpusOf(
  { gpus, gpuRamGb }: MachineOptions,
  here: readonly GpuCapacity[],
  jobs: readonly PlannedJob[],
): GpuCapacity[] {
  const ramGb = gpuRamGb ?? here[0]?.ramGb ?? enoughGpuRam(jobs)
  return Array.from({ length: gpus ?? here.length }, (_, i) => ({ id: String(i), name: 'GPU', ramGb }))
}

/** So much RAM that only the shares count, where nobody has said how much a GPU has. GiB. */
function enoughGpuRam(jobs: readonly PlannedJob[]): number {
  return jobs.reduce((most, { demand: { gpuRam, gpuShare } }) => {
    const asked = gpuShare > 0 ? (gpuRam / gpuShare) * 1000 : 0
    return Math.max(most, Math.ceil(asked / 2 ** 30))
  }, 0)
}

const LABELS = {
  nodes: 'nodes',
  threads: 'threads',
  ramGb: 'RAM GiB',
  gpus: 'GPUs',
  gpuRamGb: 'GPU RAM GiB',
} as const

/** What was asked for, in words: `4 nodes, 64 threads, 8 GPUs`. */
export function titleOf(options: MachineOptions): string {
  const { resources = {}, ...amounts } = options
  const named = Object.entries(LABELS).flatMap(([key, label]) => {
    const amount = amounts[key as keyof typeof LABELS]
    return amount === undefined ? [] : [wordsFor(amount, label)]
  })
  const own = Object.entries(resources).map(([name, amount]) => `${amount} ${name}`)
  return [...named, ...own].join(', ')
}

function wordsFor(amount: number, label: string): string {
  const [what = '', unit] = label.split(/ (?=GiB)/)
  if (unit) return `${amount} ${unit} ${what}`
  return `${amount} ${amount === 1 ? what.replace(/s$/, '') : what}`
}
