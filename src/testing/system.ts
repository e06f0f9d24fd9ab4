import type { Job, Outcome } from '../job.ts'
import { examine } from '../machines/scheduler/admit.ts'
import type { FixedRam, NodeCapacity } from '../node.ts'
import type { RunEvent } from '../progress.ts'
import { SimulatedClock } from '../simulator/clock.ts'
import { type Play, SimulatedExecutor } from '../simulator/executor.ts'
import { createSystem, type System, type SystemParts } from '../system.ts'
import { NO_FIXED_RAM } from './builders.ts'

/** What a simulated system is made of. */
export interface SimulatedSystemOptions
  extends Partial<Pick<SystemParts, 'policy' | 'estimator' | 'graceS' | 'retryDelayS' | 'inspect'>> {
  readonly nodes: readonly NodeCapacity[]
  /** How each attempt goes. Default: it lasts as long as its estimate (10 s without one) and succeeds. */
  readonly play?: Play
  /** Default: none. */
  readonly fixedRam?: FixedRam
}

/** The real machines, ledgers and policies under a simulated clock, with scripted executors in place of processes. */
export interface SimulatedSystem extends System {
  readonly clock: SimulatedClock
  /** The executor of each node; one serves all kinds of jobs. */
  readonly executors: ReadonlyMap<string, SimulatedExecutor>
  /** Every event so far. */
  readonly events: readonly RunEvent[]
  /** Every outcome so far, in the order in which they were told. */
  readonly outcomes: readonly Outcome[]
  /** Adds jobs; throws an Error that names the faults where one can never run, or its id is there already. */
  add(...jobs: Job[]): void
  /** Brings a further node, or one that was lost, into the system. */
  joinNode(capacity: NodeCapacity): void
  /** A node is gone without a word, with all that runs there. */
  loseNode(name: string): void
  /** Starts placing and goes on until nothing is due any more. Returns the makespan in seconds. */
  runAll(): number
}

/** Builds a simulated system. Nothing is placed before it is started, by `runAll` or `actor.send({ type: 'scheduler.start' })`. */
export function simulateSystem(options: SimulatedSystemOptions): SimulatedSystem {
  const { nodes, play = asEstimated, fixedRam = NO_FIXED_RAM, ...parts } = options
  const clock = new SimulatedClock()
  const system = createSystem({
    ...parts,
    clock,
    defer: clock.defer,
    work: (job, placement) => ({ job, placement, paths: NO_FILES }),
  })
  const executors = new Map<string, SimulatedExecutor>()
  const events: RunEvent[] = []
  const outcomes: Outcome[] = []
  system.events$.subscribe(event => {
    events.push(event)
    if (event.type === 'job.ended') outcomes.push(event.outcome)
  })
  const joinNode = (capacity: NodeCapacity): void => {
    const executor = new SimulatedExecutor(clock, play)
    executors.set(capacity.name, executor)
    system.join(capacity, { command: executor, task: executor, inline: executor })
  }
  for (const node of nodes) joinNode(node)
  return {
    ...system,
    clock,
    executors,
    events,
    outcomes,
    joinNode,
    add(...jobs) {
      const { admitted, faults } = examine(system.state(), jobs, fixedRam)
      if (faults.length > 0)
        throw new Error(faults.map(({ where, message }) => `${where}: ${message}`).join('\n'))
      system.actor.send({ type: 'jobs.add', jobs: admitted })
    },
    loseNode(name) {
      executors.get(name)?.vanish()
      system.actor.send({ type: 'node.lose', node: name })
    },
    runAll() {
      system.actor.send({ type: 'scheduler.start' })
      const startedAt = clock.now()
      clock.runAll()
      return (clock.now() - startedAt) / 1000
    },
  }
}

const NO_FILES = { runDir: '', jobDir: '', output: '', stdout: '', stderr: '' }

const asEstimated: Play = ({ job }) => ({ durationS: job.timeS ?? 10 })
