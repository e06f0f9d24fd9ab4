import { freeIn } from '../machines/ledger.ts'
import { allFree, type Free, type Grant } from '../machines/placement/free.ts'
import type { LiveJob, SchedulerNode, SchedulerState } from '../machines/scheduler/state.ts'

/**
 * What must hold in a system after every step, as a list of what does not: nothing over capacity and no sum below
 * zero; what is free and what is reserved make the whole; each reservation has exactly one live placement and the
 * reverse; each job is in exactly one place; outcomes are told once.
 */
export function brokenInvariants(state: SchedulerState): string[] {
  return [...[...state.nodes.values()].flatMap(node => brokenOn(node, state)), ...brokenJobs(state)]
}

/** Throws an Error that names every broken invariant; does nothing where all hold. */
export function checkInvariants(state: SchedulerState): void {
  const broken = brokenInvariants(state)
  if (broken.length > 0) throw new Error(`Broken invariants:\n${broken.join('\n')}`)
}

function brokenOn(node: SchedulerNode, state: SchedulerState): string[] {
  const { reservations } = node.ledger.getSnapshot().context
  const live = [...state.live.values()].filter(job => job.node === node.capacity.name)
  return [...unpaired(node, reservations, live), ...wrongSums(node, live), ...wrongGpus(node, live)]
}

function unpaired(
  node: SchedulerNode,
  reservations: ReadonlyMap<string, Grant>,
  live: readonly LiveJob[],
): string[] {
  const placed = new Set(live.map(job => job.placementId))
  const without = live.filter(job => reservations.get(job.placementId) !== job.grant)
  return [
    ...[...reservations.keys()]
      .filter(id => !placed.has(id))
      .map(id => `${node.capacity.name}: ${id} is reserved for nobody`),
    ...without.map(job => `${node.capacity.name}: ${job.placementId} runs without its reservation`),
  ]
}

/** What is free must be the whole node less what the live jobs hold: counted anew, not as the ledger counts. */
function wrongSums(node: SchedulerNode, live: readonly LiveJob[]): string[] {
  const whole = allFree(node.capacity)
  const free = freeIn(node.ledger.getSnapshot().context)
  const grants = live.map(job => job.grant)
  return amountsOf(whole).flatMap(([name, capacity, read]) => {
    const held = grants.reduce((sum, grant) => sum + read.held(grant), 0)
    const left = read.free(free)
    const wrong = left < 0 || left > capacity || held > capacity || left + held !== capacity
    return wrong ? [`${node.capacity.name}: ${name}: ${left} free + ${held} held of ${capacity}`] : []
  })
}

type Amount = readonly [
  name: string,
  capacity: number,
  read: { free(free: Free): number; held(grant: Grant): number },
]

function amountsOf(whole: Free): Amount[] {
  return [
    ['threads', whole.threads, { free: free => free.threads, held: grant => grant.threads }],
    ['RAM', whole.ram, { free: free => free.ram, held: grant => grant.ram }],
    [
      'cores',
      whole.cores.length,
      { free: free => new Set(free.cores).size, held: grant => grant.cores.length },
    ],
    ...Object.entries(whole.resources).map(
      ([name, capacity]): Amount => [
        name,
        capacity,
        { free: free => free.resources[name] ?? Number.NaN, held: grant => heldOf(grant, name) },
      ],
    ),
    ...whole.gpus.flatMap((gpu, i): Amount[] => [
      [
        `GPU ${i} share`,
        gpu.share,
        {
          free: free => free.gpus[i]?.share ?? Number.NaN,
          held: grant => (grant.gpus.includes(i) ? grant.gpuShare : 0),
        },
      ],
      [
        `GPU ${i} RAM`,
        gpu.ram,
        {
          free: free => free.gpus[i]?.ram ?? Number.NaN,
          held: grant => (grant.gpus.includes(i) ? grant.gpuRam : 0),
        },
      ],
    ]),
  ]
}

function heldOf(grant: Grant, resource: string): number {
  return grant.resources.find(([name]) => name === resource)?.[1] ?? 0
}

function wrongGpus(node: SchedulerNode, live: readonly LiveJob[]): string[] {
  return node.ledger.getSnapshot().context.gpus.flatMap((gpu, i) => {
    const { reservations } = gpu.getSnapshot().context
    const holders = live.filter(job => job.grant.gpus.includes(i)).map(job => job.placementId)
    const same = holders.length === reservations.size && holders.every(id => reservations.has(id))
    return same
      ? []
      : [`${node.capacity.name}: GPU ${i} is reserved by ${[...reservations.keys()]}, held by ${holders}`]
  })
}

function brokenJobs(state: SchedulerState): string[] {
  const at = { queue: 0, place: 0, retrying: 0, end: 0 }
  const broken: string[] = []
  for (const [id, record] of state.jobs) {
    at[record.at]++
    if ((record.at === 'place') !== state.live.has(id))
      broken.push(`${id} is at ${record.at}, yet its place says otherwise`)
    if ((record.at === 'retrying') !== state.retrying.has(id))
      broken.push(`${id} is at ${record.at}, yet the retries say otherwise`)
  }
  const { succeeded, failed, cancelled } = state.ends
  if (at.queue !== state.queue.size) broken.push(`${at.queue} jobs wait, the queue holds ${state.queue.size}`)
  if (at.place !== state.live.size) broken.push(`${at.place} jobs hold a place, ${state.live.size} are live`)
  if (at.end !== succeeded + failed + cancelled)
    broken.push(`${at.end} jobs have ended, ${succeeded + failed + cancelled} outcomes were told`)
  return broken
}
