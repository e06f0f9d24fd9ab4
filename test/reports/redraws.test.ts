import { describe, expect, test } from 'vitest'
import { foldedRows } from '../../src/reports/live/frame.ts'
import { redraws } from '../../src/reports/live/redraws.ts'
import { SimulatedClock } from '../../src/simulator/clock.ts'

/** Redraws under a simulated clock; `drawnAt` are the times of all of them. */
function recorded(clocksRun: boolean) {
  const clock = new SimulatedClock()
  const drawnAt: number[] = []
  const view = redraws(clock, () => {
    drawnAt.push(clock.now())
    return clocksRun
  })
  return { clock, view, drawnAt }
}

describe('the redraws of the live view', () => {
  test('a change is drawn at once, and a storm of changes 10 times a second', () => {
    const { clock, view, drawnAt } = recorded(false)
    for (let ms = 0; ms < 950; ms += 1) {
      view.changed()
      clock.advance(1)
    }
    expect(drawnAt).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900])
  })

  test('the last change is always drawn', () => {
    const { clock, view, drawnAt } = recorded(false)
    view.changed()
    clock.advance(10)
    view.changed()
    clock.advance(10_000)
    expect(drawnAt).toEqual([0, 100])
  })

  test('while jobs run it is drawn once a second, and otherwise no timer is left', () => {
    const running = recorded(true)
    running.view.changed()
    running.clock.advance(3500)
    expect(running.drawnAt).toEqual([0, 1000, 2000, 3000])
    const idle = recorded(false)
    idle.view.changed()
    idle.clock.runAll()
    expect(idle.drawnAt).toEqual([0])
    expect(idle.clock.step()).toBe(false)
  })

  test('nothing is drawn after the end', () => {
    const { clock, view, drawnAt } = recorded(true)
    view.changed()
    clock.advance(500)
    view.stop()
    view.changed()
    clock.runAll()
    expect(drawnAt).toEqual([0])
  })
})

test('a terminal that has become narrower shows a line on several rows', () => {
  expect(foldedRows(['x'.repeat(80), '', 'x'.repeat(81), '機'.repeat(40)], 40)).toBe(2 + 1 + 3 + 2)
  expect(foldedRows(['x'.repeat(80)], 80)).toBe(1)
})
