import { expect, it } from 'vitest'
import { buildJob, buildNode, checkInvariants, simulateSystem } from '../../src/testing/index.ts'

it('a job that cannot be killed is told of, and keeps its resources until it is gone', () => {
  const play = ({ job }: { job: { id: string } }) =>
    job.id === 'stuck'
      ? { durationS: Number.POSITIVE_INFINITY, endsOnTerm: false, killS: 60 }
      : { durationS: 1 }
  const system = simulateSystem({ nodes: [buildNode({ threads: 1 })], play, graceS: 2 })
  system.add(buildJob({ id: 'stuck', timeoutS: 5, priority: 1 }), buildJob({ id: 'next' }))
  const started: number[] = []
  system.events$.subscribe(event => {
    if (event.type === 'job.started') started.push(event.at / 1000)
  })
  system.runAll(checkInvariants)
  const warnings = system.events.flatMap(event => (event.type === 'warning' ? [event] : []))
  expect(warnings).toHaveLength(1)
  expect(warnings[0]?.at).toBe(17_000)
  expect(warnings[0]?.message).toMatch(/^stuck was killed, but does not end .*keeps its resources/)
  // 5 s of time limit, 2 s of grace, and the minute after the KILL.
  expect(started).toEqual([0, 67])
  expect(system.outcomes.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'stuck failed',
    'next succeeded',
  ])
})
