import { freeIn, type LedgerRef } from '../ledger.ts'
import type { NodeChanges, OpenNode } from '../placement/policy.ts'
import type { SchedulerNode, SchedulerState } from './state.ts'

/** What is looked at of the state. */
type Source = Pick<SchedulerState, 'nodes' | 'short' | 'silent' | 'live'>

/** What was seen of a node. */
interface Seen {
  view: OpenNode
  isOpen: boolean
  /** In the list, −1 for a node that takes no jobs now. */
  position: number
}

/**
 * The nodes that take jobs, as policies see them, kept from pass to pass: a ledger tells when it has changed, and only
 * its node is looked at again. All are listed anew when one comes or goes.
 */
export class OpenNodes {
  /** What the last change of the list was; `null` where it was listed anew. */
  changes: NodeChanges | null = null
  #list: readonly OpenNode[] = []
  readonly #seen = new Map<LedgerRef, Seen>()
  readonly #changed = new Set<LedgerRef>()
  #nodes: SchedulerState['nodes'] | null = null
  #absences = 0

  /** In the order in which they joined: a new list where one of them has changed, with a new value for just that one. */
  of(state: Source): readonly OpenNode[] {
    const absences = state.short.changes + state.silent.changes
    const joined = state.nodes !== this.#nodes
    if (joined) this.#follow(state)
    const opened = this.#look()
    if (joined || opened || absences !== this.#absences) this.#listAnew(state)
    this.#absences = absences
    return this.#list
  }

  /** Knows the nodes that there are: hears of the new ones, and forgets those that are gone. */
  #follow(state: Source): void {
    const gone = new Set(this.#seen.keys())
    for (const node of state.nodes.values()) if (!gone.delete(node.ledger)) this.#meet(node, state.live)
    for (const ledger of gone) this.#seen.delete(ledger)
    this.#nodes = state.nodes
  }

  #meet({ capacity, ledger }: SchedulerNode, live: Source['live']): void {
    const { name } = capacity
    const view = { name, capacity, free: freeOf(ledger), held: () => live.heldOn(name) }
    this.#seen.set(ledger, { view, isOpen: isOpen(ledger), position: -1 })
    ledger.subscribe(() => this.#changed.add(ledger))
  }

  /** Looks at the nodes that have changed. Whether one of them takes jobs now and did not, or the other way round. */
  #look(): boolean {
    if (this.#changed.size === 0) return false
    const list = this.#list.slice()
    const at: number[] = []
    let opened = false
    for (const ledger of this.#changed) {
      const seen = this.#seen.get(ledger)
      if (!seen) continue
      seen.view = { ...seen.view, free: freeOf(ledger) }
      if (seen.position >= 0) {
        list[seen.position] = seen.view
        at.push(seen.position)
      }
      if (seen.isOpen !== isOpen(ledger)) opened = true
      seen.isOpen = isOpen(ledger)
    }
    this.#changed.clear()
    this.changes = { from: this.#list, to: list, at }
    this.#list = list
    return opened
  }

  #listAnew({ nodes, short, silent }: Source): void {
    const list: OpenNode[] = []
    for (const { capacity, ledger } of nodes.values()) {
      const seen = this.#seen.get(ledger)
      if (!seen) continue
      const isHere = seen.isOpen && !short.has(capacity.name) && !silent.has(capacity.name)
      seen.position = isHere ? list.push(seen.view) - 1 : -1
    }
    this.#list = list
    this.changes = null
  }
}

function freeOf(ledger: LedgerRef): OpenNode['free'] {
  return freeIn(ledger.getSnapshot().context)
}

function isOpen(ledger: LedgerRef): boolean {
  return ledger.getSnapshot().value === 'open'
}
