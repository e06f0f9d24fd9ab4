import type { Asked, GpuShortage, Shortage } from '../../explanation.ts'
import { countOf, formatAmount, formatGib } from '../text/amount.ts'
import { sanitize } from '../text/sanitize.ts'

const OWN = /^resources\./

/** `4 threads, 8.1 GiB RAM, 1 GPU (0.5 of it, 10.5 GiB), 1 license`. */
export function askedText(asked: Asked): string {
  const { threads, ramGb, physicalCores, gpus, gpuShare, gpuRamGb, resources } = asked
  const parts = [
    threadsText(threads),
    ...(ramGb > 0 ? [`${formatGib(ramGb)} GiB RAM`] : []),
    ...(physicalCores > 0 ? [`${countOf(physicalCores, 'physical core')} side by side`] : []),
    ...(gpus > 0 ? [`${countOf(gpus, 'GPU')} (${gpuText(gpuShare, gpuRamGb, gpus)})`] : []),
    ...Object.entries(resources).map(([name, amount]) => `${formatAmount(amount)} ${sanitize(name)}`),
  ]
  return parts.join(', ')
}

function threadsText(threads: number): string {
  return `${formatAmount(threads)} thread${threads === 1 ? '' : 's'}`
}

function gpuText(share: number, ramGb: number, gpus: number): string {
  const part = share < 1 ? `${formatAmount(share)} of ${gpus > 1 ? 'each' : 'it'}` : 'all of it'
  return ramGb > 0 ? `${part}, ${formatGib(ramGb)} GiB` : part
}

/** What is missing: `1.5 threads (2.5 free, 4 asked for)`. */
export function shortageText({ resource, asked, free, missing }: Shortage): string {
  if (resource === 'gpus') return `${countOf(missing, 'GPU')} (${free} of ${asked} with enough free)`
  const format = resource === 'ramGb' ? formatGib : formatAmount
  return `${format(missing)} ${nounOf(resource, missing)} (${format(free)} free, ${format(asked)} asked for)`
}

function nounOf(resource: string, amount: number): string {
  const s = amount === 1 ? '' : 's'
  if (resource === 'threads') return `thread${s}`
  if (resource === 'ramGb') return 'GiB RAM'
  if (resource === 'physicalCores') return `physical core${s} side by side`
  return sanitize(resource.replace(OWN, ''))
}

/** `GPU 1 lacks 0.25 of it and 3 GiB`. */
export function gpuShortageText({ index, share, ramGb }: GpuShortage): string {
  const lacks = [
    ...(share > 0 ? [`${formatAmount(share)} of it`] : []),
    ...(ramGb > 0 ? [`${formatGib(ramGb)} GiB`] : []),
  ]
  return `GPU ${index} lacks ${lacks.join(' and ')}`
}
