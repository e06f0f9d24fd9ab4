import type { GpuProcess, GpuReport, NodeReport } from './report.ts'
import { type Entry, gib, plural } from './text.ts'

/** The lines about GPUs: each that is visible, those that are hidden, and who hides them. */
export function gpuEntries({ gpus, hiddenGpus, visibleBy }: NodeReport): Entry[] {
  const visible = gpus.map((gpu): Entry => [titleOf(gpu), gpuLines(gpu)])
  const none: Entry[] = gpus.length === 0 ? [['GPUs', ['none']]] : []
  const hidden = plural(hiddenGpus.length, 'GPU')
  const by = visibleBy === null ? '' : ` by ${visibleBy}`
  return [...visible, ...none, ...(hiddenGpus.length > 0 ? [['Hidden', [`${hidden}${by}`]] as const] : [])]
}

function titleOf({ kind, index }: GpuReport): string {
  return `${kind === 'mig' ? 'MIG on' : 'GPU'} ${index}`
}

function gpuLines(gpu: GpuReport): string[] {
  const { name, id, index, processes } = gpu
  return [
    name,
    ...(id === `${index}` ? [] : [id]),
    [ramOf(gpu), ...busy(gpu)].join(', '),
    ...(processes.length > 0 ? [`others use ${usedBy(processes)}`] : []),
  ]
}

function ramOf({ totalRamGb, freeRamGb }: GpuReport): string {
  if (totalRamGb === null) return 'RAM unknown'
  return `${gib(totalRamGb)}, ${freeRamGb === null ? 'free RAM unknown' : `${gib(freeRamGb)} free`}`
}

function busy({ utilization }: GpuReport): string[] {
  return utilization === null ? [] : [`${Math.round(utilization * 100)} % busy`]
}

const MOST_PROCESSES = 3

function usedBy(processes: readonly GpuProcess[]): string {
  const total = processes.reduce((sum, { ramGb }) => sum + (ramGb ?? 0), 0)
  const largest = [...processes].sort((a, b) => (b.ramGb ?? 0) - (a.ramGb ?? 0)).slice(0, MOST_PROCESSES)
  const names = largest.map(({ pid, name }) => `${name.split('/').at(-1) ?? name} ${pid}`)
  const more = processes.length > MOST_PROCESSES ? [`${processes.length - MOST_PROCESSES} more`] : []
  return `${gib(total)}: ${[...names, ...more].join(', ')}`
}
