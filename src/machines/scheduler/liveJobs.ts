import type { Held } from '../placement/policy.ts'
import type { LiveJob } from './state.ts'

/** The jobs that hold a place, by id; and those of each node, which nobody has to look for among all. */
export class LiveJobs extends Map<string, LiveJob> {
  readonly #onNode = new Map<string, Set<LiveJob>>()

  /** Those of a node, in the order in which they were placed there. */
  on(node: string): ReadonlySet<LiveJob> {
    return this.#onNode.get(node) ?? NOBODY
  }

  /** What they hold, in the same order. */
  heldOn(node: string): readonly Held[] {
    const held: Held[] = []
    for (const live of this.on(node)) held.push(live.held)
    return held
  }

  override set(id: string, live: LiveJob): this {
    this.delete(id)
    const neighbours = this.#onNode.get(live.node) ?? new Set()
    this.#onNode.set(live.node, neighbours.add(live))
    return super.set(id, live)
  }

  override delete(id: string): boolean {
    const live = this.get(id)
    if (live) this.#onNode.get(live.node)?.delete(live)
    return super.delete(id)
  }

  override clear(): void {
    this.#onNode.clear()
    super.clear()
  }
}

const NOBODY: ReadonlySet<LiveJob> = new Set()
