import type { NodeVerdict } from '../../explanation.ts'
import { formatCount } from '../text/amount.ts'
import { sanitize } from '../text/sanitize.ts'
import { gpuShortageText, shortageText } from './amounts.ts'
import type { Line } from './lines.ts'

/** So many nodes are told of, those where the least is missing; `--json` has all. */
const MOST_NODES = 12

const MOST_GPUS = 8

/** A line for each node: what is missing there. */
export function nodeLines(nodes: readonly NodeVerdict[]): Line[] {
  const nearest = [...nodes].sort(
    (a, b) => Number(b.fitsEmpty) - Number(a.fitsEmpty) || a.missing.length - b.missing.length,
  )
  const told = nearest
    .slice(0, MOST_NODES)
    .map((verdict): Line => [sanitize(verdict.node), verdictText(verdict)])
  const more = nodes.length - told.length
  return more > 0
    ? [...told, ['…', `and ${formatCount(more)} more nodes, where it does not fit better`]]
    : told
}

function verdictText({ fits, fitsEmpty, missing, gpus }: NodeVerdict): string {
  if (fits) return 'it fits there'
  const lacks = [
    ...missing.map(shortageText),
    ...gpus.slice(0, MOST_GPUS).map(gpuShortageText),
    ...(gpus.length > MOST_GPUS ? [`${gpus.length - MOST_GPUS} more GPUs`] : []),
  ]
  return `missing: ${lacks.join(', ')}${fitsEmpty ? '' : '; too small for it also when nothing runs there'}`
}
