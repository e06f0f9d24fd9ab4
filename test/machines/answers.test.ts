import { expect, it, onTestFinished, vi } from 'vitest'
import { retryDelay } from '../../src/machines/retryDelay.ts'
import { snapshotOf } from '../../src/machines/scheduler/answers.ts'
import { buildJob, buildNode, simulateSystem } from '../../src/testing/index.ts'

it('a job that is asked for from within an action answers, and XState has nothing to warn of', () => {
  const system = simulateSystem({
    nodes: [buildNode()],
    play: () => ({ durationS: 1, ending: { ok: false } }),
  })
  const answers: unknown[] = []
  const warned: unknown[] = []
  system.events$.subscribe(({ type }) => {
    const record = system.state().jobs.get('a')
    if (!record) return
    const warn = vi.spyOn(console, 'warn').mockImplementation((...said) => void warned.push(said))
    const { value, status, context } = snapshotOf(record, system.state().desk)
    warn.mockRestore()
    answers.push([type, value, status, context.retryAt])
  })
  const hushed = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => hushed.mockRestore())
  system.add(buildJob({ id: 'a', retries: 1 }))
  system.runAll()
  expect(answers).toContainEqual(['jobs.added', 'pending', 'active', null])
  expect(answers).toContainEqual(['job.retrying', 'retrying', 'active', 1000 + 1000 * retryDelay('a', 1, 1)])
  expect(answers).toContainEqual(['job.ended', 'failed', 'done', null])
  expect(warned).toEqual([])
})
