import { fit } from '../../../src/machines/placement/free.ts'
import { situationOf } from '../../../src/machines/scheduler/situation.ts'
import { checkInvariants } from '../../../src/testing/index.ts'
import { expectedEnd, type Model } from './model.ts'
import type { Real } from './real.ts'

/** What holds after every step. */
export function checkStep(model: Model, real: Real): void {
  checkInvariants(real.system)
  const { jobs } = real.system.state()
  if (jobs.size !== model.jobs.size) fail(`${model.jobs.size} jobs were added, the system knows ${jobs.size}`)
  checkMachines(real)
  checkOutcomes(model, real)
}

/** What really runs must fit into each node, whatever the ledgers say. */
function checkMachines({ system, works, haunted }: Real): void {
  for (const { capacity } of system.state().nodes.values()) {
    if (haunted.has(capacity.name)) continue
    const running = [...(system.executors.get(capacity.name)?.running ?? [])].flatMap(
      id => works.get(id) ?? [],
    )
    const sum = (of: (work: (typeof running)[number]) => number) =>
      running.reduce((total, work) => total + of(work), 0)
    const cores = running.flatMap(({ placement }) => placement.cores)
    const over = [
      sum(({ placement }) => placement.threads) > capacity.threads + 1e-9 && 'threads',
      sum(({ placement }) => placement.ramGb) > capacity.ramGb + 1e-9 && 'RAM',
      new Set(cores).size < cores.length && 'cores',
      ...capacity.gpus.map(({ id }, i) => {
        const there = running.filter(({ placement }) => placement.gpus.some(gpu => gpu.index === i))
        return there.reduce((total, { job }) => total + job.request.gpuShare, 0) > 1 + 1e-9 && `GPU ${id}`
      }),
    ].filter(Boolean)
    if (over.length > 0) fail(`on ${capacity.name} more runs than there is of: ${over.join(', ')}`)
  }
}

/** Each outcome that was told is the one that the model expects. */
function checkOutcomes(model: Model, { system }: Real): void {
  for (const { id, status, attempts } of system.outcomes) {
    const job = model.jobs.get(id)
    if (!job) throw new Error(`${id} has ended, but was never added`)
    const expected = expectedEnd(job)
    if (status !== expected.status) fail(`${id} ended as ${status}, expected ${expected.status}`)
    if (expected.attempts !== null && attempts !== expected.attempts)
      fail(`${id} ended after ${attempts} attempts, expected ${expected.attempts}`)
  }
}

/** Where nothing runs, nothing that would fit may wait: whoever comes next is placed. */
export function checkNoStandstill({ system }: Real): void {
  const state = system.state()
  if (system.actor.getSnapshot().value !== 'running' || state.live.size > 0) return
  const { nodes, buckets } = situationOf(state)
  for (const { demand, size } of buckets)
    if (nodes.some(({ free }) => fit(free, demand)))
      fail(`nothing runs, yet ${size} jobs wait that would fit (${demand.key})`)
}

/** Once all is let run to its end, every job has one. */
export function checkAllEnded(model: Model, { system }: Real): void {
  const ended = new Set(system.outcomes.map(({ id }) => id))
  const starved = [...model.jobs.keys()].filter(id => !ended.has(id))
  if (starved.length > 0) fail(`never ended: ${starved.join(', ')}`)
}

function fail(why: string): never {
  throw new Error(why)
}
