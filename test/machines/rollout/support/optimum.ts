import { type Free, fit, type Grant, take } from '../../../../src/machines/placement/free.ts'
import type { Waits } from './rest.ts'

interface Placed {
  readonly node: number
  readonly grant: Grant
  readonly start: number
  readonly end: number
}

/**
 * The shortest makespan there is, by trying each order of the jobs and each node for each job: a job starts at the
 * first moment from which it fits to its end. One of these schedules is always among the shortest.
 */
export function optimum(nodes: readonly Free[], jobs: readonly Waits[]): number {
  let best = Number.POSITIVE_INFINITY
  const extend = (placed: readonly Placed[], left: readonly Waits[], makespan: number): void => {
    if (makespan >= best) return
    if (left.length === 0) best = makespan
    left.forEach((job, i) => {
      const others = [...left.slice(0, i), ...left.slice(i + 1)]
      nodes.forEach((free, node) => {
        const next = earliest(
          free,
          placed.filter(one => one.node === node),
          job,
          node,
        )
        if (next) extend([...placed, next], others, Math.max(makespan, next.end))
      })
    })
  }
  extend([], jobs, 0)
  return best
}

/** The first moment, 0 or an end, at which the job fits and goes on fitting until it ends. */
function earliest(free: Free, there: readonly Placed[], job: Waits, node: number): Placed | null {
  const moments = [0, ...there.map(({ end }) => end)].sort((a, b) => a - b)
  for (const start of moments) {
    const end = start + job.seconds
    const changes = [start, ...there.map(one => one.start).filter(at => at > start && at < end)]
    if (!changes.every(at => fit(freeAt(free, there, at), job.demand))) continue
    const grant = fit(freeAt(free, there, start), job.demand)
    if (grant) return { node, grant, start, end }
  }
  return null
}

function freeAt(free: Free, there: readonly Placed[], at: number): Free {
  return there.reduce(
    (left, { grant, start, end }) => (start <= at && at < end ? take(left, grant) : left),
    free,
  )
}
