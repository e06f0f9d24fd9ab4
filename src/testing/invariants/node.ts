import { freeIn } from '../../machines/ledger.ts'
import { allFree, type Free, type Grant } from '../../machines/placement/free.ts'
import type { LiveJob } from '../../machines/scheduler/liveJob.ts'
import type { SchedulerNode, SchedulerState } from '../../machines/scheduler/state.ts'

/**
 * What is wrong on the nodes: more held than there is, free and held that do not make the whole, a reservation without
 * a live placement or the reverse, a core in two hands. Counted anew from the live jobs, not as the ledgers count.
 */
export function brokenNodes(state: SchedulerState): string[] {
  return [...state.nodes.values()].flatMap(node => {
    const { name } = node.capacity
    const live = [...state.live.values()].filter(job => job.node === name)
    const broken = [
      ...wronglyListed(state.live.on(name), live),
      ...unpaired(node, live),
      ...wrongSums(node, live),
      ...wrongCores(node, live),
      ...wrongGpus(node, live),
    ]
    return broken.map(what => `${name}: ${what}`)
  })
}

function wronglyListed(listed: ReadonlySet<LiveJob>, live: readonly LiveJob[]): string[] {
  const isRight = listed.size === live.length && live.every(job => listed.has(job))
  return isRight ? [] : [`${listed.size} jobs are listed there, ${live.length} run there`]
}

function unpaired(node: SchedulerNode, live: readonly LiveJob[]): string[] {
  const { reservations } = node.ledger.getSnapshot().context
  const placed = new Set(live.map(job => job.placementId))
  const forNobody = [...reservations.keys()].filter(id => !placed.has(id))
  const without = live.filter(job => reservations.get(job.placementId) !== job.grant)
  return [
    ...forNobody.map(id => `${id} is reserved for nobody`),
    ...without.map(job => `${job.placementId} runs without its reservation`),
  ]
}

function wrongSums(node: SchedulerNode, live: readonly LiveJob[]): string[] {
  const free = freeIn(node.ledger.getSnapshot().context)
  return amountsOf(allFree(node.capacity)).flatMap(({ name, capacity, freeOf, heldBy }) => {
    const left = freeOf(free)
    const held = live.reduce((sum, { grant }) => sum + heldBy(grant), 0)
    const right = left >= 0 && left + held === capacity
    return right ? [] : [`${name}: ${left} free and ${held} held are not the ${capacity} that there are`]
  })
}

/** Something that can be counted: how much there is, how much of it is free, how much a grant holds. */
interface Amount {
  readonly name: string
  readonly capacity: number
  freeOf(free: Free): number
  heldBy(grant: Grant): number
}

function amountsOf(whole: Free): Amount[] {
  const { threads, ram, resources } = whole
  return [
    {
      name: 'threads (thousandths)',
      capacity: threads,
      freeOf: free => free.threads,
      heldBy: grant => grant.threads,
    },
    { name: 'RAM (bytes)', capacity: ram, freeOf: free => free.ram, heldBy: grant => grant.ram },
    ...Object.entries(resources).map(([name, capacity]) => ({
      name,
      capacity,
      freeOf: (free: Free) => free.resources[name] ?? Number.NaN,
      heldBy: (grant: Grant) => grant.resources.find(([own]) => own === name)?.[1] ?? 0,
    })),
    ...whole.gpus.flatMap((gpu, i) => gpuAmounts(i, gpu)),
  ]
}

function gpuAmounts(position: number, { share, ram }: { share: number; ram: number }): Amount[] {
  return [
    {
      name: `GPU ${position} share (thousandths)`,
      capacity: share,
      freeOf: free => free.gpus[position]?.share ?? Number.NaN,
      heldBy: grant => (grant.gpus.includes(position) ? grant.gpuShare : 0),
    },
    {
      name: `GPU ${position} RAM (bytes)`,
      capacity: ram,
      freeOf: free => free.gpus[position]?.ram ?? Number.NaN,
      heldBy: grant => (grant.gpus.includes(position) ? grant.gpuRam : 0),
    },
  ]
}

/** Each core is free or held by one job; those of a job are neighbours. */
function wrongCores({ capacity, ledger }: SchedulerNode, live: readonly LiveJob[]): string[] {
  const hands = [freeIn(ledger.getSnapshot().context).cores, ...live.map(job => job.grant.cores)]
  const times = Map.groupBy(hands.flat(), core => core)
  const wrong = capacity.cores.flatMap((_, core) => {
    const count = times.get(core)?.length ?? 0
    return count === 1 ? [] : [`core ${core} is free or held ${count} times, not once`]
  })
  const apart = live.filter(({ grant }) => grant.cores.some((core, i) => core !== (grant.cores[0] ?? 0) + i))
  return [...wrong, ...apart.map(job => `${job.placementId} has cores that are not neighbours`)]
}

function wrongGpus({ ledger }: SchedulerNode, live: readonly LiveJob[]): string[] {
  return ledger.getSnapshot().context.gpus.flatMap((gpu, i) => {
    const { reservations } = gpu.getSnapshot().context
    const holders = live.filter(job => job.grant.gpus.includes(i)).map(job => job.placementId)
    const same = holders.length === reservations.size && holders.every(id => reservations.has(id))
    return same ? [] : [`GPU ${i} is reserved by [${[...reservations.keys()]}], held by [${holders}]`]
  })
}
