import type { NodeCapacity } from '../../node.ts'
import { countOf, formatAmount, formatGib } from '../text/amount.ts'
import { sanitize } from '../text/sanitize.ts'

/** What a node has, without its GPUs: `8 threads, 4 physical cores, 31.2 GiB RAM`. */
export function capacityText({ threads, cores, ramGb, resources }: NodeCapacity): string {
  const own = Object.entries(resources).map(([name, amount]) => `${formatAmount(amount)} ${sanitize(name)}`)
  return [
    countOf(threads, 'thread'),
    ...(cores.length > 0 ? [countOf(cores.length, 'physical core')] : []),
    `${formatGib(ramGb)} GiB RAM`,
    ...own,
  ].join(', ')
}

/** Its GPUs, those that are alike as one text: `2 × NVIDIA H100 80GB HBM3, 79.6 GiB each`. */
export function gpuTexts({ gpus }: NodeCapacity): string[] {
  const kinds = Map.groupBy(gpus, ({ name, ramGb }) => `${sanitize(name)}, ${formatGib(ramGb)} GiB`)
  return [...kinds].map(([kind, alike]) => (alike.length > 1 ? `${alike.length} × ${kind} each` : kind))
}

/** That a node has come while the run goes on, as a line. */
export function joinedText(node: NodeCapacity): string {
  return `${sanitize(node.name)} has joined: ${[capacityText(node), ...gpuTexts(node)].join('; ')}`
}
