import { type Observable, Subject } from 'rxjs'
import { type ActorOptions, type ActorRefFrom, createActor } from 'xstate'
import { executorLogic } from './actors/executor.ts'
import type { Clock } from './clock.ts'
import type { Executor, Work } from './executor.ts'
import type { Job, Outcome, Placement, RunKind } from './job.ts'
import type { Estimator } from './machines/estimate/estimator.ts'
import { createLearningEstimator } from './machines/estimate/learning.ts'
import type { Policy } from './machines/placement/policy.ts'
import { balancedReserve } from './machines/placement/rulePolicy.ts'
import { schedulerMachine } from './machines/scheduler/machine.ts'
import { createPassSignal, type Defer } from './machines/scheduler/signal.ts'
import { type SchedulerState, unfinished } from './machines/scheduler/state.ts'
import { dueOf } from './machines/search/due.ts'
import { type SearchPorts, searchMachine } from './machines/search/machine.ts'
import { isPortfolio } from './machines/search/portfolio.ts'
import type { Searcher } from './machines/search/task.ts'
import type { NodeCapacity } from './node.ts'
import type { RunEvent } from './progress.ts'

/** The actor of the scheduler, root of the actor system: its snapshot has the whole state, its `system` all other actors. */
export type SchedulerActor = ActorRefFrom<typeof schedulerMachine>

/** What a system is made of; production and simulation differ in nothing else. */
export interface SystemParts {
  readonly clock: Clock
  /** Runs a function after what is being done now: `queueMicrotask`, or the simulator's own. */
  readonly defer: Defer
  /** Runs a function when all has come that comes in this turn of the event loop: `setImmediate`, or the simulator's own. */
  readonly endOfTurn: Defer
  /** The placement as executors take it, with the paths of its files. */
  work(job: Job, placement: Placement): Work
  /** Writes outcomes down, before anybody hears of them. Default: nothing. */
  keep?(outcomes: readonly Outcome[]): void
  /** Default: balanced-reserve. */
  readonly policy?: Policy
  /** Looks for better rules while a run goes on, where the policy is a portfolio. Default: nobody does. */
  readonly searcher?: Searcher
  /** Default: a time factor for each group, learned from jobs that have ended and that run. */
  readonly estimator?: Estimator
  /** Seconds between TERM and KILL. Default 10. */
  readonly graceS?: number
  /** Seconds before the first retry, doubled for each further one. Default 1. */
  readonly retryDelayS?: number
  /** How often a job that ran out of memory is tried again with more. Default 3. */
  readonly oomRetries?: number
  /** Default: the scheduler's own machine. A test may provide it with another ledger, say a broken one. */
  readonly machine?: typeof schedulerMachine
  /** Hears what every actor of the system does. */
  readonly inspect?: NonNullable<ActorOptions<typeof schedulerMachine>['inspect']>
}

/** The executors of a node, by the kind of job that they start. */
export type ExecutorsByKind = Readonly<Record<RunKind, Executor>>

/** The scheduler's actor with its clock, its nodes and its events: the whole system without files and processes. */
export interface System {
  readonly actor: SchedulerActor
  readonly events$: Observable<RunEvent>
  state(): SchedulerState
  tell(event: RunEvent): void
  /** Brings a node and its executors into the system. */
  join(capacity: NodeCapacity, executors: ExecutorsByKind): void
  /** Ends the search for better rules, where there is one. Resolves when nothing of it runs any more. */
  stopSearch(): Promise<void>
}

/** Wires the machines to a clock. The actor is started; it places nothing before `scheduler.start`. */
export function createSystem(parts: SystemParts): System {
  const events$ = new Subject<RunEvent>()
  const { clock, defer, work, policy = balancedReserve() } = parts
  const actor = createActor(parts.machine ?? schedulerMachine, {
    id: 'scheduler',
    systemId: 'scheduler',
    clock,
    ...(parts.inspect && { inspect: parts.inspect }),
    input: {
      now: clock.now,
      policy,
      estimator: parts.estimator ?? createLearningEstimator(),
      signal: createPassSignal(defer, fn => void clock.setTimeout(fn, 0)),
      endOfTurn: parts.endOfTurn,
      work,
      keep: outcomes => parts.keep?.(outcomes),
      tell: event => events$.next(event),
      graceS: parts.graceS ?? 10,
      retryDelayS: parts.retryDelayS ?? 1,
      oomRetries: parts.oomRetries ?? 3,
    },
  })
  actor.start()
  const state = (): SchedulerState => actor.getSnapshot().context
  const { searcher } = parts
  if (searcher && isPortfolio(policy))
    startSearch({ actor, clock, events$ }, { portfolio: policy, searcher, state })
  return {
    actor,
    events$: events$.asObservable(),
    state,
    tell: event => events$.next(event),
    join: (capacity, executors) => join(actor, capacity, executors),
    stopSearch: async () => searcher?.close(),
  }
}

function join(actor: SchedulerActor, capacity: NodeCapacity, executors: ExecutorsByKind): void {
  const start = (kind: RunKind) => {
    const executor = createActor(executorLogic, {
      id: `${kind}@${capacity.name}`,
      parent: actor,
      input: executors[kind],
    })
    return executor.start()
  }
  actor.send({
    type: 'node.join',
    capacity,
    executors: { command: start('command'), task: start('task'), inline: start('inline') },
  })
}

/** The search sees the run as it is after the pass that comes of what has happened: no placement waits for it. */
function startSearch(
  { actor, clock, events$ }: { actor: SchedulerActor; clock: Clock; events$: Observable<RunEvent> },
  ports: SearchPorts,
): void {
  const search = createActor(searchMachine, { id: 'search', parent: actor, clock, input: ports })
  search.start()
  const due$ = dueOf(events$, () => unfinished(ports.state()))
  due$.subscribe(event => clock.setTimeout(() => search.send(event), 0))
  actor.on('scheduler.idle', () => search.send({ type: 'search.stop' }))
  actor.subscribe({ complete: () => search.send({ type: 'search.close' }) })
}
