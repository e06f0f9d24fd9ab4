import { type CommandStand, endingsIn } from '../actors/command/executor.ts'
import { packJob } from '../actors/journal/jobs.ts'
import type { JournaledRun } from '../actors/journal/read.ts'
import { agentFolder, pathsOf } from '../actors/record/folder.ts'
import type { BackendNode } from '../backends/backend.ts'
import type { Job, Outcome } from '../job.ts'
import { withMemory } from '../machines/placement/demand.ts'
import type { Admitted } from '../machines/scheduler/admit.ts'
import type { EndedBefore, HeldBefore } from '../machines/scheduler/restore.ts'
import type { FixedRam, NodeCapacity } from '../node.ts'
import { type Left, leftOf, openPlacementId, type WaitingBefore, withRoomFor } from './resume.ts'

/** How a run was found that is gone on with, as numbers of jobs. */
export interface Resumed {
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  /** Commands that still run. */
  readonly running: number
  /** Commands that have ended while there was no scheduler. */
  readonly collected: number
  /** Jobs that were running, and nobody knows what became of them: they are run again. */
  readonly lost: number
  /** Jobs that are run, those that were lost among them. */
  readonly waiting: number
  /** Jobs that wait in the journal, and were not added again: they are left alone. */
  readonly leftAlone: number
  /** Why some of these cannot be run, a line each. */
  readonly refused: readonly string[]
  /** Ids of jobs that have succeeded, and were added as others than they were: they are not run again. */
  readonly changed: readonly string[]
  /** What cannot be read of the journal, a line each. */
  readonly unreadable: readonly string[]
}

/** What is needed to go on with a run. */
export interface ResumptionParts {
  readonly before: JournaledRun
  readonly left: Left
  readonly stands: ReadonlyMap<string, CommandStand>
  /** Run all that is left, whether it is added again or not. */
  readonly all: boolean
}

/** A run that is gone on with: knows its jobs, and which of them are to be run. */
export class Resumption {
  readonly #parts: ResumptionParts
  readonly #specs = new Map<string, string>()
  readonly #ended = new Map<string, EndedBefore>()
  readonly #held: ReadonlySet<string>
  /** What waits, and has not been added again yet. */
  readonly #waiting: Map<string, WaitingBefore>
  readonly #changed: string[] = []
  readonly #refused: string[] = []
  #taken = 0
  #lost = 0

  constructor(parts: ResumptionParts) {
    this.#parts = parts
    const { before, left } = parts
    for (const { job, spec } of before.jobs) this.#specs.set(job.id, spec)
    for (const one of left.ended) this.#ended.set(one.admitted.job.id, one)
    this.#held = new Set(left.held.map(({ admitted }) => admitted.job.id))
    this.#waiting = new Map(left.waiting.map(one => [one.admitted.job.id, one]))
  }

  get ended(): readonly EndedBefore[] {
    return this.#parts.left.ended
  }

  get held(): readonly HeldBefore[] {
    return this.#parts.left.held
  }

  /** Ids of the held that were told to end, and are to be told again. */
  get cancelling(): readonly string[] {
    return this.#parts.left.cancelling
  }

  /** Ids of the held that were told to make room, and are to be told again. */
  get evicting(): readonly string[] {
    return this.#parts.left.evicting
  }

  /** Ids of placements that need not be remembered: their jobs have made room, and wait. */
  get evicted(): readonly string[] {
    return this.#parts.left.evicted
  }

  /** Of those that have ended, what no scheduler has written down yet. */
  get settled(): readonly EndedBefore[] {
    return this.#parts.left.settled
  }

  /** Ids of all jobs of the run. */
  ids(): Iterable<string> {
    return this.#specs.keys()
  }

  hasJob(id: string): boolean {
    return this.#specs.has(id)
  }

  /** What is run without being added again, as far as `whyNot` has nothing against it. */
  takeAll(whyNot: (admitted: Admitted) => string | null): Admitted[] {
    if (!this.#parts.all) return []
    return [...this.#waiting.values()].flatMap(one => {
      const { job } = one.admitted
      const why = job.run.kind === 'inline' ? FUNCTION_IS_GONE : whyNot(one.admitted)
      if (why === null) return [this.#take(one, one.admitted)]
      this.#refused.push(`job "${job.id}" (${job.name}): ${why}`)
      return []
    })
  }

  /** Whether a job that is added has ended or runs already: then nothing is to be done for it. */
  settles({ id }: Job): boolean {
    return this.#ended.has(id) || this.#held.has(id)
  }

  /** What is to be queued of jobs that are added: as they are now, with the attempts that were made of them. */
  goOn(admitted: readonly Admitted[]): Admitted[] {
    for (const { job } of admitted) this.#noteChange(job)
    return admitted.filter(({ job }) => !this.settles(job)).map(one => this.#goOn(one))
  }

  #noteChange(job: Job): void {
    const ended = this.#ended.get(job.id)
    if (ended?.outcome.status === 'succeeded' && !this.knows(job)) this.#changed.push(job.id)
  }

  #goOn(admitted: Admitted): Admitted {
    const one = this.#waiting.get(admitted.job.id)
    if (!one) return admitted
    const { attempts = 0, losses = 0, grown = 0, demand, retry } = one.admitted
    const more = grown > 0 ? { ram: demand.ram, gpuRam: demand.gpuRam } : null
    const now = { ...admitted, attempts, losses, ...(retry && { retry }) }
    return this.#take(one, more ? { ...now, demand: withMemory(admitted.demand, more), grown } : now)
  }

  /** Whether the journal has the job as it is. */
  knows(job: Job): boolean {
    return this.#specs.get(job.id) === packJob(job)
  }

  /** How the run was found, as far as it has been added again. */
  get found(): Resumed {
    const { left, stands, before } = this.#parts
    const collected = left.settled.filter(hasSucceeded).length
    const count = (status: Outcome['status']) =>
      left.ended.filter(({ outcome }) => outcome.status === status).length
    const running = [...stands.values()].filter(({ ending }) => ending === null).length
    return {
      succeeded: count('succeeded') - collected,
      failed: count('failed'),
      cancelled: count('cancelled'),
      running,
      collected: stands.size - running + collected,
      lost: this.#lost,
      waiting: this.#taken,
      leftAlone: this.#waiting.size,
      refused: this.#refused,
      changed: this.#changed,
      unreadable: before.unreadable,
    }
  }

  #take({ admitted: { job }, isLost }: WaitingBefore, admitted: Admitted): Admitted {
    this.#waiting.delete(job.id)
    this.#taken++
    if (isLost) this.#lost++
    return admitted
  }
}

function hasSucceeded({ outcome }: EndedBefore): boolean {
  return outcome.status === 'succeeded'
}

const FUNCTION_IS_GONE =
  'is a function of a program that has ended: run that program again, with the same runDir'

/** What is needed to take over what an earlier scheduler has left. */
export interface TakeOverParts {
  readonly before: JournaledRun
  readonly runDir: string
  readonly nodes: readonly BackendNode[]
  readonly fixedRam: FixedRam
  readonly all: boolean
}

/** A run as it was taken over, and its nodes with room for what runs there already. */
export interface TakenOver {
  readonly resumption: Resumption
  readonly capacities: ReadonlyMap<string, NodeCapacity>
  /** What nodes have left that are gone: not needed any more once it is in the journal. */
  readonly gone: readonly string[]
}

/** Sorts what an earlier scheduler has left, and makes room for what still runs before anything new is placed. */
export function takeOver({ before, runDir, nodes, fixedRam, all }: TakeOverParts): TakenOver {
  const stands = new Map(nodes.flatMap(node => [...node.stands]))
  const gone = goneNodes(before, nodes).map(name => agentFolder(runDir, name))
  const endings = new Map(gone.flatMap(folder => [...endingsIn(folder)]))
  const left = leftOf({ jobs: before.jobs, nodes, endings, fixedRam })
  const resumption = new Resumption({ before, left, stands, all })
  const heldOn = Map.groupBy(left.held, ({ node }) => node)
  const capacities = nodes.map(({ capacity }) => {
    const grants = (heldOn.get(capacity.name) ?? []).map(({ grant }) => grant)
    return [capacity.name, withRoomFor(capacity, grants)] as const
  })
  return { resumption, capacities: new Map(capacities), gone }
}

/** Nodes that commands were placed on, and that have not joined again. */
function goneNodes({ jobs }: JournaledRun, nodes: readonly BackendNode[]): string[] {
  const here = new Set(nodes.map(({ capacity }) => capacity.name))
  const placedOn = new Set(jobs.flatMap(({ open }) => (open?.held ? [open.node] : [])))
  return [...placedOn].filter(name => !here.has(name))
}

/** The output file of each command that had not ended, by the id of its placement: those of each node. */
export function openOutputs(
  { jobs }: Pick<JournaledRun, 'jobs'>,
  runDir: string,
): Map<string, Map<string, string>> {
  const outputs = new Map<string, Map<string, string>>()
  for (const one of jobs) {
    if (!one.open?.held) continue
    const { node } = one.open
    const { output } = pathsOf(runDir, { jobId: one.job.id, attempt: one.attempts + 1 })
    outputs.set(node, (outputs.get(node) ?? new Map()).set(openPlacementId(one), output))
  }
  return outputs
}
