import type { FixedRam, GpuCapacity, NodeCapacity } from '../../node.ts'
import type { RunEvent } from '../../progress.ts'
import { countOf, formatAmount, formatCount, formatGib } from '../text/amount.ts'
import { formatDate } from '../text/date.ts'
import { sanitize } from '../text/sanitize.ts'
import { field, rule, type Sheet } from './sheet.ts'

type Started = Extract<RunEvent, { type: 'run.started' }>

/** The START report: when, how many jobs, on what, what each process costs, and where it is written. */
export function startReport(event: Started, sheet: Sheet): string[] {
  return [
    rule(sheet, 'START REPORT', formatDate(event.at)),
    field(sheet, 'jobs', formatCount(event.jobs)),
    ...event.nodes.flatMap(node => nodeLines(node, sheet)),
    field(sheet, 'fixed RAM', fixedRamText(event)),
    ...(event.runDir === null ? [] : [field(sheet, 'folder', sanitize(event.runDir))]),
  ]
}

function nodeLines(node: NodeCapacity, sheet: Sheet): string[] {
  const own = Object.entries(node.resources).map(
    ([name, amount]) => `${formatAmount(amount)} ${sanitize(name)}`,
  )
  const parts = [
    countOf(node.threads, 'thread'),
    ...(node.cores.length > 0 ? [countOf(node.cores.length, 'physical core')] : []),
    `${formatGib(node.ramGb)} GiB RAM`,
    ...own,
  ]
  return [
    field(sheet, 'machine', `${sanitize(node.name)}: ${parts.join(', ')}`),
    ...alikeGpus(node.gpus).map(text => field(sheet, 'GPUs', text)),
  ]
}

/** GPUs that are alike as one text: `2 × NVIDIA H100 80GB HBM3, 79.6 GiB each`. */
function alikeGpus(gpus: readonly GpuCapacity[]): string[] {
  const kinds = Map.groupBy(gpus, gpu => `${sanitize(gpu.name)}, ${formatGib(gpu.ramGb)} GiB`)
  return [...kinds].map(([kind, alike]) => (alike.length > 1 ? `${alike.length} × ${kind} each` : kind))
}

function fixedRamText({ fixedRam, nodes }: Started): string {
  const kinds: readonly (keyof FixedRam)[] = ['command', 'task', 'inline']
  const processes = kinds.map(kind => `${kind} ${formatGib(fixedRam[kind])}`).join(', ')
  const hasGpu = nodes.some(node => node.gpus.length > 0)
  return `${processes}${hasGpu ? `, CUDA context ${formatGib(fixedRam.cuda)}` : ''} GiB each`
}
