import type { Policy } from '../../src/machines/placement/policy.ts'
import type { SchedulerState } from '../../src/machines/scheduler/state.ts'
import { threadCpuMs } from './stage.ts'

const TIMES = 2000

/** What asking for the time costs, which is not the scheduler's. */
const CLOCK_MS = clockMs()

/** Sums of milliseconds of CPU time. */
interface Times {
  decide: number
  ledger: number
  queue: number
}

/** Times the part of passes that grows with what waits and runs: decision, ledger and queue. */
export class PassTimer {
  readonly #sums: Times = { decide: 0, ledger: 0, queue: 0 }
  #pass = 0
  #worst = 0

  /** The policy, timed. */
  around(policy: Policy): Policy {
    return {
      ...policy,
      decide: (situation, trace) => this.#time('decide', () => policy.decide(situation, trace)),
    }
  }

  /** Has what policies are shown, the ledgers and the queue of a system timed. */
  watch({ openNodes, nodes, queue }: SchedulerState): void {
    const of = openNodes.of.bind(openNodes)
    openNodes.of = state => {
      this.#pass = 0
      return this.#time('decide', () => of(state))
    }
    for (const { ledger } of nodes.values()) {
      const send = ledger.send.bind(ledger)
      ledger.send = event =>
        event.type === 'ledger.reserve' ? this.#time('ledger', () => send(event)) : send(event)
    }
    const remove = queue.remove.bind(queue)
    queue.remove = pending => this.#time('queue', () => remove(pending))
  }

  /** Begins anew. */
  reset(): void {
    Object.assign(this.#sums, { decide: 0, ledger: 0, queue: 0 })
    this.#worst = 0
  }

  /** Microseconds a placement. */
  figures(placed: number) {
    const { decide, ledger, queue } = this.#sums
    const us = (ms: number) => (1000 * ms) / placed
    return { decideUs: us(decide), ledgerUs: us(ledger), queueUs: us(queue), worstMs: this.#worst }
  }

  #time<T>(part: keyof Times, act: () => T): T {
    const startedAt = threadCpuMs()
    const result = act()
    const ms = Math.max(0, threadCpuMs() - startedAt - CLOCK_MS)
    this.#sums[part] += ms
    this.#pass += ms
    this.#worst = Math.max(this.#worst, this.#pass)
    return result
  }
}

function clockMs(): number {
  for (let i = 0; i < TIMES; i++) threadCpuMs()
  const startedAt = threadCpuMs()
  for (let i = 0; i < TIMES; i++) threadCpuMs()
  return (threadCpuMs() - startedAt) / TIMES
}
