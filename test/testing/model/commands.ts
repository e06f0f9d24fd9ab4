import fc from 'fast-check'
import { add, type SystemCommand } from './commands/jobs.ts'
import { back, leave, lose, shortage } from './commands/nodes.ts'
import { misdirect, overcommit, repeat, reserveAgain } from './commands/rogue.ts'
import { cancel, control, end, evict, pass } from './commands/run.ts'
import { jobPlan } from './plan.ts'

const which = fc.nat(30)
const node = fc.constantFrom('big', 'small')

/** Everything that can happen to a system, as commands in any order. */
export const commands: fc.Arbitrary<Iterable<SystemCommand>> = fc.commands(
  [
    fc.array(jobPlan, { minLength: 1, maxLength: 4 }).map(add),
    fc.array(jobPlan, { minLength: 1, maxLength: 2 }).map(add),
    fc.integer({ min: 0, max: 30 }).map(halves => pass(halves / 2)),
    fc.integer({ min: 0, max: 6 }).map(halves => pass(halves / 2)),
    fc.constantFrom('start', 'start', 'pause', 'continue', 'drain').map(control),
    fc.tuple(which, fc.constantFrom('well', 'failed', 'killed')).map(([nth, how]) => end(nth, how)),
    which.map(cancel),
    fc.tuple(node, fc.boolean()).map(([name, dies]) => lose(name, dies)),
    fc.tuple(node, fc.boolean()).map(([name, asItWas]) => back(name, asItWas)),
    node.map(leave),
    fc.tuple(node, fc.boolean()).map(([name, isShort]) => shortage(name, isShort)),
    which.map(evict),
    which.map(repeat),
    fc.tuple(which, which).map(([nth, to]) => misdirect(nth, to)),
    node.map(overcommit),
    which.map(reserveAgain),
  ],
  { maxCommands: 40, size: 'large' },
)
