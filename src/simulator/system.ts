import { InvalidJobsError } from '../errors.ts'
import type { Job, Outcome } from '../job.ts'
import { examine } from '../machines/scheduler/admit.ts'
import type { FixedRam, NodeCapacity } from '../node.ts'
import type { RunEvent } from '../progress.ts'
import { JobIds, type JobSpec, parseJobs } from '../schema/index.ts'
import { createSystem, type System, type SystemParts } from '../system.ts'
import { SimulatedClock } from './clock.ts'
import { type Play, SimulatedExecutor } from './executor.ts'
import { NO_FIXED_RAM } from './noFixedRam.ts'
import { createSimulatedSearcher } from './searcher.ts'

/** What a simulated system is made of. */
export interface SimulatedSystemOptions
  extends Partial<
    Pick<
      SystemParts,
      'policy' | 'searcher' | 'estimator' | 'graceS' | 'retryDelayS' | 'oomRetries' | 'machine' | 'inspect'
    >
  > {
  /** What jobs may use: made by `buildNode`, or printed by `longshore node --json` on the machine in question. */
  readonly nodes: readonly NodeCapacity[]
  /** How each attempt goes. Default: it lasts as long as its estimate (10 s without one) and succeeds. */
  readonly play?: Play
  /** Default: none. */
  readonly fixedRam?: FixedRam
  /**
   * Whether `events` and `outcomes` keep all that is told: about 1.5 kB a job. Default true; where it is false they
   * stay empty, and whoever needs something of a huge simulation listens to `events$`.
   */
  readonly keepEvents?: boolean
  /** Placements that the searches of a portfolio may try in all. Default: as many as in a real run. */
  readonly searchPlacements?: number
}

/** A job, or several. */
export type GivenJobs = JobSpec | Job | Iterable<JobSpec | Job>

/** The real machines, ledgers and policies under a simulated clock, with scripted executors in place of processes. */
export interface SimulatedSystem extends System {
  readonly clock: SimulatedClock
  /** The executor of each node; one serves all kinds of jobs. */
  readonly executors: ReadonlyMap<string, SimulatedExecutor>
  /** Every event so far; none where `keepEvents` is false. */
  readonly events: readonly RunEvent[]
  /** Every outcome so far, in the order in which they were told; none where `keepEvents` is false. */
  readonly outcomes: readonly Outcome[]
  /**
   * Adds jobs or lists of them, as `scheduler.add` takes them or as `buildJob` makes them; returns them with their ids
   * and defaults. Throws an `InvalidJobsError` that names every fault where one is malformed or can never run; none of
   * the call is added then.
   */
  add(...jobs: GivenJobs[]): Job[]
  /** Starts placing; nothing happens before the clock goes on, by `clock.advance`, `clock.step` or `runAll`. */
  start(): void
  /** Ends jobs: those that wait at once, those that run by TERM, grace, KILL. Unknown ids are ignored. */
  cancel(...ids: string[]): void
  /** Places nothing until `continue`; what runs goes on. */
  pause(): void
  continue(): void
  /** Places nothing any more; what runs goes on to its end. `start` places again after that. */
  drain(): void
  /** Cancels all, and ends the system when nothing runs any more. */
  close(): void
  /** Brings a further node, or one that was lost, into the system. */
  joinNode(capacity: NodeCapacity): void
  /** A node is gone without a word, with all that runs there: its jobs wait again, and no attempt is counted. */
  loseNode(name: string): void
  /**
   * Starts placing and goes on until nothing is due any more. Returns the seconds that this took: the makespan.
   * `afterEach` is called after each moment at which something happened; `checkInvariants` fits there.
   */
  runAll(afterEach?: (system: SimulatedSystem) => void): number
}

/** Builds a simulated system. Nothing is placed before it is started, by `start` or `runAll`. */
export function simulateSystem(options: SimulatedSystemOptions): SimulatedSystem {
  const { nodes, play = asEstimated, fixedRam = NO_FIXED_RAM, keepEvents = true, ...others } = options
  const { searchPlacements, ...parts } = others
  const clock = new SimulatedClock()
  const work: SystemParts['work'] = (job, placement) => ({ job, placement, paths: NO_FILES })
  const system = createSystem({
    searcher: createSimulatedSearcher(clock, searchPlacements),
    ...parts,
    clock,
    defer: clock.defer,
    endOfTurn: clock.defer,
    work,
  })
  const { actor } = system
  const ids = new JobIds()
  const simulated: SimulatedSystem = {
    ...system,
    ...(keepEvents ? recorded(system) : NOTHING_KEPT),
    ...withNodes(system, clock, play),
    clock,
    add: (...jobs) => add(system, jobs, ids, fixedRam),
    start: () => actor.send({ type: 'scheduler.start' }),
    cancel: (...ids) => actor.send({ type: 'jobs.cancel', ids }),
    pause: () => actor.send({ type: 'scheduler.pause' }),
    continue: () => actor.send({ type: 'scheduler.continue' }),
    drain: () => actor.send({ type: 'scheduler.drain' }),
    close: () => actor.send({ type: 'scheduler.close' }),
    runAll(afterEach = () => {}) {
      simulated.start()
      const startedAt = clock.now()
      afterEach(simulated)
      clock.runAll(() => afterEach(simulated), MOMENTS + MOMENTS_A_JOB * system.state().jobs.size)
      return (clock.now() - startedAt) / 1000
    },
  }
  for (const node of nodes) simulated.joinNode(node)
  return simulated
}

/** So many moments a simulation may have: what goes on longer goes on for ever. */
const MOMENTS = 1_000_000
const MOMENTS_A_JOB = 100

const NOTHING_KEPT = { events: [], outcomes: [] }

function recorded(system: System): Pick<SimulatedSystem, 'events' | 'outcomes'> {
  const events: RunEvent[] = []
  const outcomes: Outcome[] = []
  system.events$.subscribe(event => {
    events.push(event)
    if (event.type === 'job.ended') outcomes.push(event.outcome)
  })
  return { events, outcomes }
}

function withNodes(
  system: System,
  clock: SimulatedClock,
  play: Play,
): Pick<SimulatedSystem, 'executors' | 'joinNode' | 'loseNode'> {
  const executors = new Map<string, SimulatedExecutor>()
  return {
    executors,
    joinNode(capacity) {
      const executor = new SimulatedExecutor(clock, play)
      executors.set(capacity.name, executor)
      system.join(capacity, { command: executor, task: executor, inline: executor })
    },
    loseNode(node) {
      executors.get(node)?.vanish()
      system.actor.send({ type: 'node.lose', node })
    },
  }
}

function add({ actor, state }: System, given: readonly GivenJobs[], ids: JobIds, fixedRam: FixedRam): Job[] {
  const jobs = parseJobs(each(given), ids)
  const { admitted, faults } = examine(state(), jobs, fixedRam)
  if (faults.length > 0) {
    ids.release(jobs.map(({ id }) => id))
    throw new InvalidJobsError(faults)
  }
  actor.send({ type: 'jobs.add', jobs: admitted })
  return jobs
}

/** One by one: what is made while it is taken stands nowhere as a list. */
function* each(given: readonly GivenJobs[]): Generator<JobSpec | Job> {
  for (const jobs of given)
    if (Symbol.iterator in jobs) yield* jobs
    else yield jobs
}

const NO_FILES = { runDir: '', jobDir: '', output: '', stdout: '', stderr: '' }

const asEstimated: Play = ({ job }) => ({ durationS: job.timeS ?? 10 })
