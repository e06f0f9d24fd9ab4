import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../src/simulator/clock.ts'

describe('the simulated clock', () => {
  it('stands still until it is told to go on', () => {
    const clock = new SimulatedClock(1000)
    let called = false
    clock.setTimeout(() => {
      called = true
    }, 10)
    expect([clock.now(), called, clock.idle]).toEqual([1000, false, false])
    clock.advance(9)
    expect([clock.now(), called]).toEqual([1009, false])
    clock.advance(1)
    expect([clock.now(), called, clock.idle]).toEqual([1010, true, true])
  })

  it('calls what is due in the order of time, then of setting, and never what was cleared', () => {
    const timer = fc.record({ ms: fc.nat(5), clear: fc.boolean() })
    fc.assert(
      fc.property(fc.array(timer, { maxLength: 30 }), timers => {
        const clock = new SimulatedClock()
        const called: [number, number][] = []
        const handles = timers.map(({ ms }, i) => clock.setTimeout(() => called.push([clock.now(), i]), ms))
        timers.forEach(({ clear }, i) => {
          if (clear) clock.clearTimeout(handles[i])
        })
        clock.runAll()
        const expected = timers
          .flatMap(({ ms, clear }, i): [number, number][] => (clear ? [] : [[ms, i]]))
          .sort(([a, i], [b, j]) => a - b || i - j)
        expect(called).toEqual(expected)
      }),
    )
  })

  it('does what was deferred before it goes on, and what that defers in turn', () => {
    const clock = new SimulatedClock()
    const order: string[] = []
    clock.setTimeout(() => order.push('timer'), 0)
    clock.defer(() => {
      order.push('soon')
      clock.defer(() => order.push('sooner or later'))
    })
    clock.step()
    expect(order).toEqual(['soon', 'sooner or later', 'timer'])
  })

  it('calls in the same step what falls due while it does it', () => {
    const clock = new SimulatedClock()
    const order: number[] = []
    clock.setTimeout(() => {
      order.push(1)
      clock.setTimeout(() => order.push(2), 0)
    }, 5)
    clock.step()
    expect([clock.now(), ...order]).toEqual([5, 1, 2])
    expect(clock.step()).toBe(false)
  })

  it('does all that is due on the way when it advances', () => {
    const clock = new SimulatedClock()
    const at: number[] = []
    const again = () => {
      at.push(clock.now())
      clock.setTimeout(again, 10)
    }
    clock.setTimeout(again, 10)
    clock.advance(35)
    expect(at).toEqual([10, 20, 30])
    expect(clock.now()).toBe(35)
  })

  it('tells each moment, and gives up where there is no end', () => {
    const clock = new SimulatedClock()
    const again = () => clock.setTimeout(again, 1)
    again()
    let moments = 0
    expect(() => clock.runAll(() => moments++, 100)).toThrow(
      new RangeError('The simulation goes on for more than 100 moments'),
    )
    expect(moments).toBe(100)
  })
})
