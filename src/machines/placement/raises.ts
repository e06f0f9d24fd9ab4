import { type Demand, withMemory } from './demand.ts'

/** What jobs of a group get instead of what they ask for, since others like them ran out of memory with that. */
export class Raises {
  /** By group and key of the demand; what it leads to may have been raised itself since. */
  readonly #to = new Map<string, Demand>()

  /** What a job of the group that asks for this gets. */
  of(group: string, demand: Demand): Demand {
    if (this.#to.size === 0) return demand
    let now = demand
    for (let to: Demand | undefined = demand; to; to = this.#to.get(keyOf(group, to))) now = to
    return now
  }

  /** From now on it gets the memory of `to`, where that is more. Returns what it gets; the same where nothing is more. */
  raise(group: string, from: Demand, to: Demand): Demand {
    const ram = Math.max(from.ram, to.ram)
    const gpuRam = Math.max(from.gpuRam, to.gpuRam)
    if (ram === from.ram && gpuRam === from.gpuRam) return from
    const raised = withMemory(from, { ram, gpuRam })
    this.#to.set(keyOf(group, from), raised)
    return raised
  }
}

function keyOf(group: string, { key }: Demand): string {
  return `${group}|${key}`
}
