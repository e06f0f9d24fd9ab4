import type { Held } from '../placement/policy.ts'
import type { LiveJob } from './liveJob.ts'

/** The jobs that hold a place on one node. */
interface Neighbours {
  readonly jobs: Set<LiveJob>
  /** The same for others to keep; `null` where they have changed since. */
  shown: readonly LiveJob[] | null
}

/** The jobs that hold a place, by id; and those of each node, which nobody has to look for among all. */
export class LiveJobs extends Map<string, LiveJob> {
  readonly #onNode = new Map<string, Neighbours>()

  /** Those of a node, in the order in which they were placed there. */
  on(node: string): ReadonlySet<LiveJob> {
    return this.#onNode.get(node)?.jobs ?? NOBODY
  }

  /** What they hold, in the same order: the same list as long as they are the same. */
  heldOn(node: string): readonly Held[] {
    const here = this.#onNode.get(node)
    if (!here) return NOTHING
    here.shown ??= [...here.jobs]
    return here.shown
  }

  override set(id: string, live: LiveJob): this {
    this.delete(id)
    const here = this.#onNode.get(live.node) ?? { jobs: new Set(), shown: null }
    here.jobs.add(live)
    here.shown = null
    this.#onNode.set(live.node, here)
    return super.set(id, live)
  }

  override delete(id: string): boolean {
    const live = this.get(id)
    if (!live) return false
    const here = this.#onNode.get(live.node)
    if (here?.jobs.delete(live)) here.shown = null
    return super.delete(id)
  }

  override clear(): void {
    this.#onNode.clear()
    super.clear()
  }
}

const NOBODY: ReadonlySet<LiveJob> = new Set()
const NOTHING: readonly Held[] = []
