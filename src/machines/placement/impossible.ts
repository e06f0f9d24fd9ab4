import type { Request } from '../../job.ts'
import type { NodeCapacity } from '../../node.ts'
import { fromBytes, fromMilli, toBytes } from '../../units.ts'
import { longestRun } from './cores.ts'
import type { Demand } from './demand.ts'
import { allFree, type Free, fit } from './free.ts'

/** One resource of which a demand asks more than an empty node has. */
interface Excess {
  readonly key: string
  readonly asked: number
  readonly most: number
  readonly unit: string
  /** What of the asked amount is fixed RAM, which the user did not ask for. */
  readonly fixed: number
}

/**
 * Why a job can never run on these nodes, in a line for people, or `null` where it fits an empty one: which resource,
 * what the largest node has, and the nearest request that would fit.
 */
export function impossible(request: Request, demand: Demand, nodes: readonly NodeCapacity[]): string | null {
  const empty = nodes.map(node => ({ node, free: allFree(node) }))
  if (empty.some(({ free }) => fit(free, demand))) return null
  const nearest = empty
    .map(({ node, free }) => ({ node, excesses: excessesOf(request, demand, free) }))
    .sort((a, b) => a.excesses.length - b.excesses.length || missing(a.excesses) - missing(b.excesses))[0]
  if (!nearest) return 'there is no node to run it on'
  const asks = nearest.excesses.map(({ key, asked, most, unit, fixed }) => {
    const included = fixed > 0 ? ` (${show(fixed)}${unit} of it fixed)` : ''
    return `asks for ${key} ${show(asked)}${unit}${included}, but the largest node (${nearest.node.name}) has ${show(most)}${unit}`
  })
  const would = nearest.excesses.map(({ key, most, fixed }) => `${key} ${show(Math.max(0, most - fixed))}`)
  return `can never run: ${asks.join('; ')}. The nearest request that would fit: ${would.join(', ')}`
}

function missing(excesses: readonly Excess[]): number {
  return excesses.reduce((sum, { asked, most }) => sum + (asked - most) / asked, 0)
}

function excessesOf(request: Request, demand: Demand, free: Free): Excess[] {
  const gpu = {
    share: Math.max(0, ...free.gpus.map(g => g.share)),
    ram: Math.max(0, ...free.gpus.map(g => g.ram)),
  }
  const all: Excess[] = [
    { key: 'threads', asked: fromMilli(demand.threads), most: fromMilli(free.threads), unit: '', fixed: 0 },
    gib('ramGb', demand.ram, free.ram, request.ramGb),
    { key: 'physicalCores', asked: demand.cores, most: longestRun(free.cores), unit: '', fixed: 0 },
    { key: 'gpus', asked: demand.gpus, most: gpusThatFit(free, demand), unit: '', fixed: 0 },
    gib('gpuRamGb', demand.gpuRam, demand.gpus > 0 ? gpu.ram : 0, request.gpuRamGb),
    ...demand.resources.map(([name, amount]) => ({
      key: `resources.${name}`,
      asked: fromMilli(amount),
      most: fromMilli(free.resources[name] ?? 0),
      unit: '',
      fixed: 0,
    })),
  ]
  return all.filter(({ asked, most }) => asked > most)
}

/** GPUs with enough RAM; all of them where none has enough, since then RAM is what is missing. */
function gpusThatFit(free: Free, demand: Demand): number {
  const enough = free.gpus.filter(gpu => gpu.ram >= demand.gpuRam).length
  return enough === 0 ? free.gpus.length : enough
}

function gib(key: string, asked: number, most: number, requested: number): Excess {
  const fixed = Math.max(0, asked - toBytes(requested))
  return { key, asked: fromBytes(asked), most: fromBytes(most), unit: ' GiB', fixed: fromBytes(fixed) }
}

/** At most two decimals, rounded down, so that what is named does fit. */
function show(amount: number): string {
  return String(Math.floor(amount * 100 + 1e-9) / 100)
}
