import { describe, expect, it } from 'vitest'
import { endTimes } from '../../src/actors/endTimes.ts'
import type { EndTime } from '../../src/machines/eta/interval.ts'
import type { ToldEnd } from '../../src/machines/scheduler/picture.ts'
import { SimulatedClock } from '../../src/simulator/clock.ts'

function endAfter(expectedS: number): EndTime {
  return { expectedS, lowS: expectedS / 2, highS: expectedS * 2 }
}

/** End times by a simulation that takes so many steps, under a clock that stands still until it is told to go on. */
function underClock(end: EndTime | null = endAfter(1000), steps = 3) {
  const clock = new SimulatedClock()
  const heard: ToldEnd[] = []
  const begun: number[] = []
  const times = endTimes({
    clock,
    begin: () => {
      begun.push(clock.now())
      return simulate(end, steps)
    },
    tell: told => heard.push(told),
  })
  return { clock, times, heard, begun }
}

function* simulate(end: EndTime | null, steps: number): Generator<void, EndTime | null> {
  for (let i = 0; i < steps; i++) yield
  return end
}

describe('the end time', () => {
  it('is simulated when something has happened, and not before', () => {
    const { clock, times, heard, begun } = underClock()
    expect(times.told()).toBeNull()
    expect(clock.idle).toBe(true)
    times.changed()
    clock.runAll()
    expect(begun).toEqual([1000])
    expect(heard).toEqual([{ at: 1000, end: endAfter(1000) }])
    expect(times.told()).toEqual(heard[0])
    expect(clock.idle).toBe(true)
  })

  it('is there at once for whoever looks first, and then simulated no more often than once a second', () => {
    const { clock, times, begun } = underClock()
    times.changed()
    expect(times.told()?.end.expectedS).toBe(1000)
    for (let i = 0; i < 50; i++) {
      times.changed()
      clock.advance(100)
    }
    expect(begun.length).toBeGreaterThan(1)
    expect(begun.length).toBeLessThanOrEqual(6)
    clock.runAll()
    expect(clock.idle).toBe(true)
  })

  it.each([
    { leftS: 1000, begins: [1000, 2000, 7000, 12000] },
    { leftS: 60, begins: [1000, 2000, 5000, 8000, 11000] },
    { leftS: 10, begins: [1000, 2000, 4000, 6000, 8000, 10000, 12000] },
  ])(
    'costs at most a fiftieth of the time, but for the first, and more near the end: $leftS s',
    ({ leftS, begins }) => {
      const clock = new SimulatedClock()
      let cpu = 0
      const begun: number[] = []
      const begin = function* (): Generator<void, EndTime> {
        begun.push(clock.now())
        yield
        cpu += 100
        return endAfter(leftS)
      }
      const times = endTimes({ clock, begin, cpuMs: () => cpu })
      for (let i = 0; i < 120; i++) {
        times.changed()
        clock.advance(100)
      }
      expect(begun).toEqual(begins)
    },
  )

  it('is simulated anew for whoever looks when it has grown old, though nothing has happened', () => {
    const { clock, times, begun } = underClock(endAfter(100))
    times.changed()
    clock.runAll()
    clock.advance(4000)
    times.told()
    clock.runAll()
    expect(begun).toEqual([1000])
    clock.advance(2000)
    times.told()
    clock.runAll()
    expect(begun).toEqual([1000, 7000])
  })

  it('costs a run nothing that is over within a second, and at whose end time nobody looks', () => {
    const { clock, times, begun } = underClock()
    times.changed()
    clock.advance(900)
    times.changed()
    expect(times.latest()).toBeNull()
    times.stop()
    clock.runAll()
    expect(begun).toEqual([])
  })

  it('is forgotten when it does not hold any more', () => {
    const { clock, times, begun } = underClock()
    times.changed()
    clock.runAll()
    times.forget()
    clock.runAll()
    expect(begun).toHaveLength(2)
    expect(times.told()).not.toBeNull()
  })

  it('is none where nothing can be told, and nobody is told of it', () => {
    const { clock, times, heard } = underClock(null)
    times.changed()
    clock.runAll()
    expect(times.told()).toBeNull()
    expect(heard).toEqual([])
  })

  it('leaves no timer behind when it is stopped', () => {
    const { clock, times, begun } = underClock()
    times.changed()
    times.stop()
    expect(clock.idle).toBe(true)
    clock.runAll()
    expect(begun).toEqual([])
  })
})
