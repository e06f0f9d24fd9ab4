import type { MemoryOrder } from '../../events.ts'

/** What a look at the machine has shown. */
export interface MemoryLook {
  /** RAM in GiB that is there without swapping, by the machine and by the limits of the cgroup. */
  readonly availableGb: number
  /** Share of the last 10 s in which all that could run stood still for want of RAM, in percent; `null` where the kernel does not say. */
  readonly stalledPercent: number | null
}

/** A running job, and what it holds now. */
export interface Resident {
  readonly jobId: string
  readonly placementId: string
  readonly group: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** GiB, fixed RAM included. */
  readonly reservedGb: number
  /** False for one that asked for no RAM at all: it has promised nothing. */
  readonly asked: boolean
  /** 0 where nothing was measured yet. */
  readonly ramGb: number
}

/** When a node counts as short of RAM, and when a job holds too much. */
export interface MemoryLimits {
  readonly node: string
  /** With less RAM (GiB) available the node is short of it. */
  readonly floorGb: number
  /** A job that holds more than so many times what was reserved is ended; `null` for never. */
  readonly killFactor: number | null
}

/** The node is short of RAM where the jobs stood still for so much of the last 10 s, in percent. */
const STALLED = 20
/** It is so no longer where there is so many times the floor, and less than half as much of standing still. */
const EASED = 1.5

/**
 * Judges what RAM is held, look after look: it remembers only what it has said before. Jobs that stay within what they
 * asked for are never ended for others' sake.
 */
export class MemoryWatch {
  readonly #limits: MemoryLimits
  readonly #reported = new Set<string>()
  readonly #ended = new Set<string>()
  #short = false

  constructor(limits: MemoryLimits) {
    this.#limits = limits
  }

  /** While a node is short of RAM it has to be looked at, also when nothing of ours runs there. */
  get isShort(): boolean {
    return this.#short
  }

  /** What is to happen now. */
  judge(look: MemoryLook, residents: readonly Resident[]): MemoryOrder[] {
    const over = residents.filter(({ ramGb, reservedGb }) => ramGb > reservedGb)
    this.#forget(residents)
    return [...this.#report(over), ...this.#endGreedy(over), ...this.#makeRoom(look, over)]
  }

  /** One of each group: that its jobs need more than was asked for is said once. */
  #report(over: readonly Resident[]): MemoryOrder[] {
    return over.flatMap(({ group, jobId, asked, ramGb, reservedGb }) => {
      if (!asked || this.#reported.has(group)) return []
      this.#reported.add(group)
      return [{ type: 'job.overRequest', jobId, ramGb, reservedGb }]
    })
  }

  #endGreedy(over: readonly Resident[]): MemoryOrder[] {
    const { killFactor } = this.#limits
    if (killFactor === null) return []
    return over
      .filter(({ asked, ramGb, reservedGb }) => asked && ramGb > killFactor * reservedGb)
      .filter(({ placementId }) => !this.#ended.has(placementId))
      .map(({ jobId, placementId, ramGb }) => {
        this.#ended.add(placementId)
        return { type: 'job.overRam', jobId, ramGb }
      })
  }

  /** Placing stops first. Only if that was not enough by the next look, the youngest that is over its request makes room. */
  #makeRoom(look: MemoryLook, over: readonly Resident[]): MemoryOrder[] {
    const { node } = this.#limits
    const { availableGb } = look
    if (!this.#short) {
      if (!this.#isShort(look)) return []
      this.#short = true
      return [{ type: 'node.short', node, availableGb }]
    }
    if (this.#isEased(look)) {
      this.#short = false
      return [{ type: 'node.eased', node, availableGb }]
    }
    return this.#isShort(look) && this.#ended.size === 0 ? this.#evictYoungest(over) : []
  }

  #evictYoungest(over: readonly Resident[]): MemoryOrder[] {
    const youngest = over.reduce<Resident | null>(
      (young, one) => (young !== null && young.startedAt >= one.startedAt ? young : one),
      null,
    )
    if (youngest === null) return []
    this.#ended.add(youngest.placementId)
    return [{ type: 'job.evict', jobId: youngest.jobId }]
  }

  #isShort({ availableGb, stalledPercent }: MemoryLook): boolean {
    return availableGb < this.#limits.floorGb || (stalledPercent ?? 0) > STALLED
  }

  #isEased({ availableGb, stalledPercent }: MemoryLook): boolean {
    return availableGb > EASED * this.#limits.floorGb && (stalledPercent ?? 0) < STALLED / 2
  }

  /** What has ended makes room: while one is on its way, no other is asked to go. */
  #forget(residents: readonly Resident[]): void {
    const here = new Set(residents.map(({ placementId }) => placementId))
    for (const placementId of this.#ended) if (!here.has(placementId)) this.#ended.delete(placementId)
  }
}
