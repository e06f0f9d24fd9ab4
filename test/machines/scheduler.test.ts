import { describe, expect, it } from 'vitest'
import { fromTransition } from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import { cancelledOutcome } from '../../src/machines/outcome.ts'
import { demandOf } from '../../src/machines/placement/demand.ts'
import { schedulerMachine } from '../../src/machines/scheduler/machine.ts'
import { unfinished } from '../../src/machines/scheduler/state.ts'
import { NO_FIXED_RAM } from '../../src/testing/builders.ts'
import {
  buildJob,
  buildNode,
  checkInvariants,
  type SimulatedSystem,
  simulateSystem,
} from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'
import { Coverage } from './support/coverage.ts'

hushXState()
const coverage = new Coverage(schedulerMachine)
const NODE = buildNode({ threads: 2 })

/** What can be done to a system, each by a name. */
const ACTIONS: Record<string, (system: SimulatedSystem) => void> = {
  add: system => addOne(system, 'plain', 0),
  addFlaky: system => addOne(system, 'flaky', 1),
  start: system => system.start(),
  pause: system => system.pause(),
  continue: system => system.continue(),
  drain: system => system.drain(),
  close: system => system.close(),
  cancel: system => system.cancel('plain', 'flaky'),
  settle: system => system.clock.settle(),
  progress: system => tellProgress(system),
  pass: system => void system.clock.step(),
  lose: system => system.loseNode(NODE.name),
  leave: system => system.actor.send({ type: 'node.leave', node: NODE.name }),
  back: system => system.joinNode(NODE),
  short: system => system.actor.send({ type: 'node.short', node: NODE.name, availableGb: 0.1 }),
  eased: system => system.actor.send({ type: 'node.eased', node: NODE.name, availableGb: 9 }),
  silent: system => system.actor.send({ type: 'node.silent', node: NODE.name }),
  heard: system => system.actor.send({ type: 'node.heard', node: NODE.name }),
  tellOver: system => system.actor.send({ type: 'job.overRequest', jobId: 'plain', ramGb: 2, reservedGb: 1 }),
  tellStuck: system =>
    system.state().desk.send({ type: 'job.stuck', jobId: 'plain', placementId: 'plain#1' }),
  endOver: system => system.actor.send({ type: 'job.overRam', jobId: 'plain', ramGb: 2 }),
  evict: system => system.actor.send({ type: 'job.evict', jobId: 'flaky' }),
  withdraw: system => withdrawAll(system),
  soonOver: system => endIn(system, 3),
  over: system => endIn(system, 0),
  takeOver(system) {
    restoreOne(system)
    adoptOne(system)
  },
}
type Action = { readonly type: string }

/** Jobs of these tests last 5 s. */
function endIn(system: SimulatedSystem, seconds: number): void {
  const at = system.clock.now() + seconds * 1000
  system.actor.send({ type: 'scheduler.endBy', at, by: 'the allocation' })
}

function tellProgress(system: SimulatedSystem): void {
  for (const { ref, placementId } of system.state().live.values())
    ref.send({ type: 'job.progressed', placementId, fraction: 0.5 })
}

/** A job that an earlier scheduler had brought to its end. */
function restoreOne(system: SimulatedSystem): void {
  const job = buildJob({ id: 'before' })
  const admitted = { job, demand: demandOf(job.request, 'command', NO_FIXED_RAM), share: 1 }
  const outcome = { ...cancelledOutcome(job, 1), status: 'succeeded' as const, representative: true }
  system.actor.send({ type: 'jobs.restore', ended: [{ admitted, outcome }] })
}

/** A command that an earlier scheduler had started, and that still runs. */
function adoptOne(system: SimulatedSystem): void {
  const job = buildJob({ id: 'held', timeS: 5 })
  const demand = demandOf(job.request, 'command', NO_FIXED_RAM)
  const { threads, ram, gpuShare, gpuRam, resources } = demand
  const grant = { threads, ram, gpuShare, gpuRam, resources, cores: [], gpus: [] }
  const held = [{ admitted: { job, demand, share: 1, attempts: 1 }, node: NODE.name, grant }]
  system.actor.send({ type: 'jobs.adopt', held })
}

function withdrawAll(system: SimulatedSystem): void {
  const placementIds = [...system.state().live.values()].map(({ placementId }) => placementId)
  for (const executor of system.executors.values()) executor.vanish()
  system.actor.send({ type: 'placements.withdraw', placementIds })
}

function addOne(system: SimulatedSystem, id: string, retries: number): void {
  if (!system.state().jobs.has(id)) system.add(buildJob({ id, retries, timeS: 5 }))
}

/** Does it all again on a new system: so each path is walked on the real actors, with every effect. */
function replay(actions: readonly Action[]): SimulatedSystem {
  const system = simulateSystem({
    nodes: [NODE],
    play: ({ job, placement }) => ({
      durationS: 5,
      endsOnTerm: false,
      ...(job.id === 'flaky' && placement.attempt === 1 && { ending: { ok: false, exitCode: 1 } }),
    }),
    inspect: coverage.inspect,
  })
  for (const { type } of actions) {
    ACTIONS[type]?.(system)
    checkInvariants(system)
  }
  return system
}

/** What tells situations of a system apart, for what can come next. */
function situationOf(system: SimulatedSystem): string {
  const { queue, live, retrying, nodes, short, silent, deadline } = system.state()
  const ledgers = [...nodes.values()].map(({ ledger }) => ledger.getSnapshot().value)
  const waits = system.clock.idle ? '' : 'something is due'
  return JSON.stringify([
    system.actor.getSnapshot().value,
    queue.size > 0,
    [...live.values()].map(({ ref }) => ref.getSnapshot().value),
    retrying.size,
    unfinished(system.state()) > 0,
    ledgers,
    short.size,
    silent.size,
    deadline.at !== null && deadline.at - system.clock.now(),
    waits,
  ])
}

/** The system as a machine whose state is what was done to it. */
const walked = fromTransition(
  (state: { actions: readonly Action[]; situation: string }, action: Action) => {
    const actions = [...state.actions, action]
    return { actions, situation: situationOf(replay(actions)) }
  },
  { actions: [], situation: situationOf(replay([])) },
)

/** All at once would be thousands of paths. */
const WITH_DEADLINE = ['add', 'start', 'pause', 'drain', 'pass', 'settle', 'soonOver', 'over']
const WITH_SILENCE = ['add', 'start', 'pass', 'settle', 'silent', 'heard', 'lose', 'back']
const APART = ['soonOver', 'over', 'silent', 'heard']
const WITHOUT = Object.keys(ACTIONS).filter(name => !APART.includes(name))

describe('the scheduler machine, along every edge of its graph', () => {
  const paths = [WITHOUT, WITH_DEADLINE, WITH_SILENCE].flatMap(names =>
    getShortestPaths(walked, {
      events: names.map(type => ({ type })),
      serializeState: ({ context }) => context.situation,
    }),
  )

  it('keeps every invariant on each path, and has none left unfinished when it is let run to the end', () => {
    expect(paths.length).toBeGreaterThan(50)
    for (const { state } of paths) {
      const system = replay(state.context.actions)
      if (system.actor.getSnapshot().value === 'closed') continue
      system.joinNode(NODE)
      ACTIONS['eased']?.(system)
      ACTIONS['heard']?.(system)
      system.actor.send({ type: 'scheduler.endBy', at: null, by: '' })
      system.continue()
      system.clock.runAll()
      system.runAll(checkInvariants)
      const closing = system.actor.getSnapshot().value === 'closed'
      const told = state.context.actions.map(({ type }) => type).join(' → ')
      expect(closing ? 0 : unfinished(system.state()), told).toBe(0)
    }
  })

  it('covers every state and every transition of the definition', () => {
    console.log(coverage.report())
    console.log(`scheduler: ${paths.length} paths`)
    expect(coverage.missing()).toEqual([])
  })
})
