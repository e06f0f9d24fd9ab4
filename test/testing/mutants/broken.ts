import type { SnapshotFrom } from 'xstate'
import type { GpuLedgerEvent, LedgerEvent } from '../../../src/events.ts'
import { gpuLedgerMachine } from '../../../src/machines/gpuLedger.ts'
import { type LedgerState, ledgerMachine } from '../../../src/machines/ledger.ts'
import { schedulerMachine } from '../../../src/machines/scheduler/machine.ts'

type Of<TMachine extends { transition: unknown }> = TMachine & { transition: TMachine['transition'] }
type GpuState = SnapshotFrom<typeof gpuLedgerMachine>['context']

/** What a broken machine makes of a step: other than what the right one made of it. */
export type Breakage<TState, TEvent> = (step: {
  readonly event: TEvent
  readonly before: TState
  readonly after: TState
}) => Partial<TState>

/** A scheduler whose ledgers do something else than they should. */
export function withBrokenLedger(
  breakage: () => Breakage<LedgerState, LedgerEvent>,
): typeof schedulerMachine {
  return schedulerMachine.provide({ actors: { ledger: brokenMachine(ledgerMachine, breakage()) } })
}

/** A scheduler whose ledgers are right, but for those of their GPUs. */
export function withBrokenGpuLedger(
  breakage: () => Breakage<GpuState, GpuLedgerEvent>,
): typeof schedulerMachine {
  const ledger = ledgerMachine.provide({ actors: { gpuLedger: brokenMachine(gpuLedgerMachine, breakage()) } })
  return schedulerMachine.provide({ actors: { ledger } })
}

/** The same machine, but what it remembers after each step is changed. */
function brokenMachine<TMachine extends typeof ledgerMachine | typeof gpuLedgerMachine, TState, TEvent>(
  machine: TMachine,
  breakage: Breakage<TState, TEvent>,
): Of<TMachine> {
  const broken = Object.create(machine) as Of<TMachine>
  const transition = machine.transition.bind(machine) as unknown as (...step: unknown[]) => {
    context: TState
  }
  broken.transition = ((before: { context: TState }, event: TEvent, scope: unknown) => {
    const after = transition(before, event, scope)
    const change = breakage({ event, before: before.context, after: after.context })
    return { ...after, context: { ...after.context, ...change } }
  }) as unknown as TMachine['transition']
  return broken
}
