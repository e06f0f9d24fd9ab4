import type { Request } from '../../job.ts'
import type { NodeCapacity } from '../../node.ts'
import { fromBytes, fromMilli, toBytes, toMilli } from '../../units.ts'
import { longestRun } from './cores.ts'
import type { Demand } from './demand.ts'
import { allFree, type Free, fit, type GpuFree } from './free.ts'

/** One resource of which a request asks more than an empty node has. */
interface Excess {
  readonly key: string
  readonly asked: number
  readonly most: number
  readonly unit: '' | ' GiB'
  /** What of both is fixed RAM, which the user did not ask for. */
  readonly fixed: number
}

/**
 * Why a job can never run on these nodes, in a line for people, or `null` where it fits an empty one: which resource,
 * what the largest node has, and the nearest request that would fit.
 */
export function impossible(request: Request, demand: Demand, nodes: readonly NodeCapacity[]): string | null {
  const empty = nodes.map(node => ({ name: node.name, free: allFree(node) }))
  if (empty.some(({ free }) => fit(free, demand))) return null
  const verdicts = empty
    .map(({ name, free }) => ({ name, excesses: excessesOf(request, demand, free) }))
    .sort((a, b) => a.excesses.length - b.excesses.length || missing(a.excesses) - missing(b.excesses))
  const nearest = verdicts.find(({ excesses }) => excesses.every(({ most, fixed }) => most >= fixed))
  const told = nearest ?? verdicts[0]
  if (!told) return 'there is no node to run it on'
  const asks = told.excesses.map(excess => describe(excess, told.name)).join('; ')
  const would = nearest
    ? `The nearest request that would fit: ${told.excesses.map(toAskFor).join(', ')}`
    : 'No request would fit: the fixed RAM alone is more than that'
  return `can never run: ${asks}. ${would}${told.excesses.map(advice).join('')}`
}

/** Own resources are what somebody says that there is: who asks for one has most often forgotten to say it. */
function advice({ key, asked, most }: Excess): string {
  const name = key.startsWith(OWN) ? key.slice(OWN.length) : null
  if (name === null || most > 0) return ''
  return BUILT_IN.includes(name)
    ? `. ${name} is a key of the job itself`
    : `. Own resources are told by the capacity: --capacity ${name}=${atLeast(asked)}`
}

const OWN = 'resources.'
const BUILT_IN = ['threads', 'ramGb', 'gpus', 'gpuRamGb', 'gpuShare', 'physicalCores']

function missing(excesses: readonly Excess[]): number {
  return excesses.reduce((sum, { asked, most }) => sum + (asked - most) / asked, 0)
}

function describe({ key, asked, most, unit, fixed }: Excess, node: string): string {
  const included = fixed > 0 ? ` (${atLeast(fixed)}${unit} of it fixed)` : ''
  return `asks for ${key} ${atLeast(asked)}${unit}${included}, but the largest node (${node}) has ${atMost(most)}${unit}`
}

function toAskFor({ key, most, fixed }: Excess): string {
  return `${key} ${atMost(most - fixed)}`
}

function excessesOf(request: Request, demand: Demand, free: Free): Excess[] {
  const { physicalCores } = request
  // A pinned job takes a thread for each of its cores, so there are no more of them for it than threads.
  const cores = Math.min(longestRun(free.cores), Math.floor(fromMilli(free.threads)))
  return [
    counted('threads', fromMilli(toMilli(request.threads)), fromMilli(free.threads)),
    gib('ramGb', demand.ram, free.ram, request.ramGb),
    counted('physicalCores', physicalCores, cores),
    ...gpuExcesses(request, demand, free.gpus),
    ...demand.resources.map(([name, amount]) =>
      counted(`${OWN}${name}`, fromMilli(amount), fromMilli(free.resources[name] ?? 0)),
    ),
  ].filter(({ asked, most }) => asked > most)
}

/** Too few GPUs with that much RAM: then fewer of them would fit, or with less RAM where none has as much. */
function gpuExcesses(request: Request, demand: Demand, gpus: readonly GpuFree[]): Excess[] {
  const rams = gpus.map(gpu => gpu.ram).sort((a, b) => b - a)
  const fixed = demand.gpuRam - toBytes(request.gpuRamGb)
  const usable = rams.filter(ram => ram >= fixed).length
  const enough = rams.filter(ram => ram >= demand.gpuRam).length
  const most = enough === 0 ? usable : enough
  const used = Math.min(demand.gpus, most)
  const gpu = counted('gpus', demand.gpus, most)
  return used === 0 ? [gpu] : [gpu, gib('gpuRamGb', demand.gpuRam, rams[used - 1] ?? 0, request.gpuRamGb)]
}

function counted(key: string, asked: number, most: number): Excess {
  return { key, asked, most, unit: '', fixed: 0 }
}

function gib(key: string, asked: number, most: number, requested: number): Excess {
  const fixed = Math.max(0, asked - toBytes(requested))
  return { key, asked: fromBytes(asked), most: fromBytes(most), unit: ' GiB', fixed: fromBytes(fixed) }
}

/** Three decimals are told; what is less than a byte of a GiB is rounding. */
const ROUNDING = 5e-7

/** Rounded down, so that what is named does fit. */
function atMost(amount: number): string {
  return String(Math.floor(amount * 1000 + ROUNDING) / 1000)
}

/** Rounded up, so that what was asked for is more than what there is. */
function atLeast(amount: number): string {
  return String(Math.ceil(amount * 1000 - ROUNDING) / 1000)
}
