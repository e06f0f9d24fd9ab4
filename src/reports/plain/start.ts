import type { FixedRam, NodeCapacity } from '../../node.ts'
import type { RunEvent } from '../../progress.ts'
import { formatCount, formatGib } from '../text/amount.ts'
import { formatDate } from '../text/date.ts'
import { sanitize } from '../text/sanitize.ts'
import { capacityText, gpuTexts } from './node.ts'
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
  return [
    field(sheet, 'machine', `${sanitize(node.name)}: ${capacityText(node)}`),
    ...gpuTexts(node).map(text => field(sheet, 'GPUs', text)),
  ]
}

function fixedRamText({ fixedRam, nodes }: Started): string {
  const kinds: readonly (keyof FixedRam)[] = ['command', 'task', 'inline']
  const processes = kinds.map(kind => `${kind} ${formatGib(fixedRam[kind])}`).join(', ')
  const hasGpu = nodes.some(node => node.gpus.length > 0)
  return `${processes}${hasGpu ? `, CUDA context ${formatGib(fixedRam.cuda)}` : ''} GiB each`
}
