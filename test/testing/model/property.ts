import fc from 'fast-check'
import type { schedulerMachine } from '../../../src/machines/scheduler/machine.ts'
import { bring } from './commands/nodes.ts'
import { commands } from './commands.ts'
import { checkAllEnded, checkStep } from './laws.ts'
import { emptyModel, type Model } from './model.ts'
import { hasEnded, type Real, startReal } from './real.ts'

/** Any commands in any order, with every law checked after each; then all is let run to its end, or closed. */
export function systemProperty(machine?: typeof schedulerMachine) {
  return fc.property(commands, fc.boolean(), (steps, close) => {
    const model = emptyModel()
    const real = startReal(machine)
    fc.modelRun(() => ({ model, real }), steps)
    if (close) closeAll(model, real)
    else finish(model, real)
    checkAllEnded(model, real)
  })
}

/** The nodes are back, nothing is held up any more: then every job must come to its end. */
function finish(model: Model, real: Real): void {
  const { system } = real
  for (const name of model.away) bring(real, name, true)
  for (const node of system.state().short) system.actor.send({ type: 'node.eased', node, availableGb: 9 })
  system.continue()
  // A system that drains must come to rest before it can be started again.
  system.clock.runAll(() => checkStep(model, real))
  system.runAll(() => checkStep(model, real))
  if (real.idleAfter !== system.outcomes.length) throw new Error('all has ended, but the system is not idle')
}

/** What has not ended is cancelled, what runs is ended, and the system is done. */
function closeAll(model: Model, real: Real): void {
  const { system } = real
  for (const [id, job] of model.jobs) if (!hasEnded(real, id)) job.cancelled = true
  system.close()
  system.clock.runAll(() => checkStep(model, real))
  const { value } = system.actor.getSnapshot()
  if (value !== 'closed') throw new Error(`the system was closed, but is ${value}`)
}
