import type { EndedCommand } from '../actors/command/executor.ts'
import type { JournaledJob } from '../actors/journal/read.ts'
import type { BackendNode } from '../backends/backend.ts'
import type { Job, Request, RunKind } from '../job.ts'
import { cancelledOutcome, foundOutcome } from '../machines/outcome.ts'
import { type Demand, demandOf, withMemory } from '../machines/placement/demand.ts'
import type { Grant } from '../machines/placement/free.ts'
import { shareOf } from '../machines/placement/share.ts'
import type { Admitted } from '../machines/scheduler/admit.ts'
import { placementIdOf } from '../machines/scheduler/pass.ts'
import type { EndedBefore, HeldBefore } from '../machines/scheduler/restore.ts'
import type { FixedRam, NodeCapacity } from '../node.ts'
import { fromBytes, fromMilli } from '../units.ts'

/** A job that is to be run, and the text that it stands as in the journal. */
export interface WaitingBefore {
  readonly admitted: Admitted
  readonly spec: string
  /** Whether it was running when its scheduler ended, and nobody knows what became of it. */
  readonly isLost: boolean
}

/** What is left of a run that an earlier scheduler had. */
export interface Left {
  readonly ended: readonly EndedBefore[]
  /** Commands that still run, or have ended meanwhile. */
  readonly held: readonly HeldBefore[]
  readonly waiting: readonly WaitingBefore[]
  /**
   * Of those that have ended, what no scheduler has written down yet: jobs that were to end, of which nothing runs, and
   * commands that succeeded on a machine that is gone.
   */
  readonly settled: readonly EndedBefore[]
  /** Ids of the held that were told to end, and are to be told again. */
  readonly cancelling: readonly string[]
  /** The same of those that were told to make room. */
  readonly evicting: readonly string[]
  /** Ids of placements that have ended to make room: their jobs wait. */
  readonly evicted: readonly string[]
}

/** What is needed to say what is left. */
export interface LeftParts {
  readonly jobs: readonly JournaledJob[]
  /** With what their launchers know of placements. */
  readonly nodes: readonly Pick<BackendNode, 'capacity' | 'stands'>[]
  /** How commands have ended on nodes that are gone, by id of placement. */
  readonly endings: ReadonlyMap<string, EndedCommand>
  readonly fixedRam: FixedRam
}

/** The id of the placement of a job that had not come to its end. */
export function openPlacementId(one: JournaledJob): string {
  return placementIdOf(one)
}

/** Sorts the jobs of a run into what has ended, what holds a place, and what is to be run. */
export function leftOf(parts: LeftParts): Left {
  const { jobs, nodes } = parts
  const demand = demandsWith(parts.fixedRam)
  const share = sharesOn(nodes.map(({ capacity }) => capacity))
  const nodeOf = new Map(
    nodes.flatMap(({ capacity, stands }) => [...stands.keys()].map(id => [id, capacity])),
  )
  const stands = new Map(nodes.flatMap(node => [...node.stands]))
  const left = {
    ended: [] as EndedBefore[],
    held: [] as HeldBefore[],
    waiting: [] as WaitingBefore[],
    settled: [] as EndedBefore[],
    cancelling: [] as string[],
    evicting: [] as string[],
    evicted: [] as string[],
  }
  for (const one of jobs) {
    const admitted = admittedOf(one, demand, share)
    const { job, outcome, open, spec, attempts, isCancelled } = one
    if (outcome) {
      left.ended.push({ admitted, outcome })
      continue
    }
    const id = openPlacementId(one)
    const node = nodeOf.get(id)
    const found = parts.endings.get(id)
    const hasMadeRoom = open?.isEvicted && stands.get(id)?.ending?.ok === false
    if (hasMadeRoom) left.evicted.push(id)
    if (open?.held && node && !hasMadeRoom) {
      left.held.push({ admitted, node: node.name, grant: grantOn(node, open.held) })
      if (isCancelled) left.cancelling.push(job.id)
      else if (open.isEvicted) left.evicting.push(job.id)
    } else if (open?.held && found?.ending.ok) {
      const outcome = foundOutcome(job, { ...found, attempts: attempts + 1, node: open.node })
      left.settled.push({ admitted, outcome })
    } else if (isCancelled) left.settled.push({ admitted, outcome: cancelledOutcome(job, attempts) })
    else left.waiting.push({ admitted: open ? withLoss(admitted) : admitted, spec, isLost: open !== null })
  }
  return { ...left, ended: [...left.ended, ...left.settled] }
}

/** The job with what has been tried of it, and with the memory that it was given since. */
function admittedOf(
  { job, attempts, losses, grown, again, open }: JournaledJob,
  demandOf: (job: Job) => Demand,
  shareOf: (demand: Demand) => number,
): Admitted {
  const asked = demandOf(job)
  // What runs may hold more than it asked for: others of its group may have run out of that.
  const memory = open?.held?.grant ?? grown
  const demand = memory ? withMemory(asked, { ram: memory.ram, gpuRam: memory.gpuRam }) : asked
  const tried = { attempts, losses, ...(grown && { grown: grown.times }), ...(again && { retry: again }) }
  return { job, demand, share: shareOf(demand), ...tried }
}

/** Reckoned once for each request: jobs out of a journal share equal ones. */
function demandsWith(fixedRam: FixedRam): (job: Job) => Demand {
  const known = { command: new Map(), task: new Map(), inline: new Map() } satisfies Record<
    RunKind,
    Map<Request, Demand>
  >
  return ({ request, run: { kind } }) => {
    const demand: Demand = known[kind].get(request) ?? demandOf(request, kind, fixedRam)
    known[kind].set(request, demand)
    return demand
  }
}

/** Reckoned once for each shape of demand. */
function sharesOn(nodes: readonly NodeCapacity[]): (demand: Demand) => number {
  const known = new Map<string, number>()
  return demand => {
    const share = known.get(demand.key) ?? shareOf(demand, nodes)
    known.set(demand.key, share)
    return share
  }
}

/** Another placement of the same attempt: the name of the one that was lost is not used again. */
function withLoss(admitted: Admitted): Admitted {
  return { ...admitted, losses: (admitted.losses ?? 0) + 1 }
}

/** What a placement holds in terms of the node as it is now: GPUs may be seen in another order than they were. */
function grantOn(node: NodeCapacity, { grant, gpuIds }: NonNullable<HeldIn>): Grant {
  const positions = gpuIds.map(id => node.gpus.findIndex(gpu => gpu.id === id)).filter(at => at >= 0)
  return {
    ...grant,
    gpus: positions.sort((a, b) => a - b),
    cores: grant.cores.filter(core => core < node.cores.length),
    resources: grant.resources.filter(([name]) => name in node.resources),
  }
}

type HeldIn = NonNullable<JournaledJob['open']>['held']

/** A node is at least as large as what runs on it already, whatever was measured or is asked for now. */
export function withRoomFor(node: NodeCapacity, grants: readonly Grant[]): NodeCapacity {
  if (grants.length === 0) return node
  const sum = (amount: (grant: Grant) => number) => grants.reduce((all, grant) => all + amount(grant), 0)
  const own = (name: string) => sum(({ resources }) => resources.find(([key]) => key === name)?.[1] ?? 0)
  return {
    ...node,
    threads: Math.max(node.threads, fromMilli(sum(grant => grant.threads))),
    ramGb: Math.max(node.ramGb, fromBytes(sum(grant => grant.ram))),
    gpus: node.gpus.map((gpu, at) => {
      const taken = sum(({ gpus, gpuRam }) => (gpus.includes(at) ? gpuRam : 0))
      return { ...gpu, ramGb: Math.max(gpu.ramGb, fromBytes(taken)) }
    }),
    resources: Object.fromEntries(
      Object.entries(node.resources).map(([name, n]) => [name, Math.max(n, fromMilli(own(name)))]),
    ),
  }
}
