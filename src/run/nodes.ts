import type { Journal } from '../actors/journal/journal.ts'
import type { MemoryWatcher } from '../actors/memoryWatch.ts'
import type { BackendHost, BackendNode } from '../backends/backend.ts'
import type { Clock } from '../clock.ts'
import type { SchedulerEvent } from '../events.ts'
import type { LiveJob } from '../machines/scheduler/liveJob.ts'
import type { FixedRam, NodeCapacity } from '../node.ts'
import type { SchedulerOptions } from '../options.ts'
import type { System } from '../system.ts'
import type { Warnings } from './warnings.ts'
import { watchMemory } from './watchMemory.ts'

/** What the nodes of a run are for. */
export interface RunNodesParts {
  readonly options: SchedulerOptions
  readonly runDir: string
  readonly clock: Clock
  /** `null` for a run that cannot be resumed. */
  readonly journal: Journal | null
  readonly isResumed: boolean
  readonly open: BackendHost['open']
  readonly warnings: Warnings
}

/** The nodes of a run: what a backend tells of them reaches the scheduler; those that come before it are kept for it. */
export class RunNodes implements BackendHost {
  readonly #parts: RunNodesParts
  readonly #nodes = new Map<string, BackendNode>()
  readonly #watchers = new Map<string, MemoryWatcher>()
  /** What was told before there was anybody to hear it. */
  readonly #early: SchedulerEvent[] = []
  readonly #said = new Set<string>()
  #system: System | null = null
  #hasBegun = false

  constructor(parts: RunNodesParts) {
    this.#parts = parts
  }

  get options() {
    return this.#parts.options
  }

  get runDir() {
    return this.#parts.runDir
  }

  get clock() {
    return this.#parts.clock
  }

  get open() {
    return this.#parts.open
  }

  get isKept() {
    return this.#parts.journal !== null
  }

  get isResumed() {
    return this.#parts.isResumed
  }

  /** The nodes that have joined. */
  get all(): readonly BackendNode[] {
    return [...this.#nodes.values()]
  }

  /** What processes cost: on the node where they cost the most. */
  get fixedRam(): FixedRam {
    const most = (of: keyof FixedRam) => Math.max(0, ...this.all.map(({ fixedRam }) => fixedRam[of]))
    return { command: most('command'), task: most('task'), inline: most('inline'), cuda: most('cuda') }
  }

  /** From now on the nodes belong to a system; of those that have joined, with the room that they must have at least. */
  enter(system: System, capacities: ReadonlyMap<string, NodeCapacity>): void {
    this.#system = system
    for (const [name, node] of this.#nodes) this.#bring(node, capacities.get(name) ?? node.capacity)
    for (const event of this.#early.splice(0)) system.actor.send(event)
    system.events$.subscribe(event => {
      if (event.type === 'run.started') this.#hasBegun = true
      if (event.type === 'job.started') this.#wake(system.state().live.get(event.id))
    })
  }

  mayStart(): boolean {
    return this.#parts.journal?.commit() ?? true
  }

  withdraw(placementIds: readonly string[]): void {
    for (const id of placementIds) this.#parts.journal?.withdrawn(id)
    this.#send({ type: 'placements.withdraw', placementIds })
  }

  blocked(why: string): void {
    this.#send({ type: 'scheduler.drain' })
    const message = `${why}. No more jobs are started, and what runs is let finish; then: longshore resume ${this.runDir}`
    // Each job that was on its way says so.
    if (!this.#said.has(message)) this.warn(message)
    this.#said.add(message)
  }

  join(node: BackendNode): void {
    this.#nodes.set(node.capacity.name, node)
    if (this.#system) this.#bring(node, node.capacity)
    if (this.#hasBegun) this.#system?.tell({ type: 'node.joined', at: this.clock.now(), node: node.capacity })
  }

  silent(node: string, why: string): void {
    this.warn(
      `nothing is heard of ${node} (${why}): nothing more is placed there, its jobs keep their places`,
    )
    this.#send({ type: 'node.silent', node })
  }

  heard(node: string): void {
    this.warn(`${node} is heard of again: placing goes on there`)
    this.#send({ type: 'node.heard', node })
  }

  leave(node: string, why: string): void {
    this.warn(`${node} takes no more jobs: ${why}`)
    this.#send({ type: 'node.leave', node })
  }

  lost(node: string, why: string): void {
    const jobs = this.#system?.state().live.on(node).size ?? 0
    const fate = jobs === 0 ? 'no job ran there' : `${jobs} of its jobs wait again`
    this.warn(`${node} is lost (${why}): ${fate}`)
    this.#watchers.get(node)?.stop()
    this.#watchers.delete(node)
    this.#nodes.delete(node)
    this.#send({ type: 'node.lose', node })
  }

  endBy(at: number | null, by: string): void {
    this.#send({ type: 'scheduler.endBy', at, by })
  }

  warn(message: string): void {
    this.#parts.warnings.say(message)
  }

  /** Resident RAM in GiB of a job that holds a place, `null` where unknown. */
  ramOf({ pending, placementId, node }: LiveJob): number | null {
    return this.#nodes.get(node)?.executors[pending.job.run.kind].ramGb?.(placementId) ?? null
  }

  /** Looks no more at their RAM. */
  stopWatching(): void {
    for (const watcher of this.#watchers.values()) watcher.stop()
  }

  #bring(node: BackendNode, capacity: NodeCapacity): void {
    const system = this.#system
    if (!system) return
    const { clock, options } = this.#parts
    const { name } = capacity
    this.#watchers.get(name)?.stop()
    this.#watchers.set(name, watchMemory({ system, node, clock, killFactor: options.ramKillFactor ?? null }))
    system.join(capacity, node.executors)
  }

  #wake(live: LiveJob | undefined): void {
    if (live) this.#watchers.get(live.node)?.wake()
  }

  #send(event: SchedulerEvent): void {
    if (this.#system) this.#system.actor.send(event)
    else this.#early.push(event)
  }
}
