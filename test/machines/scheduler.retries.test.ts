import { expect, it } from 'vitest'
import { longestFirst } from '../../src/machines/placement/rulePolicy.ts'
import { examine } from '../../src/machines/scheduler/admit.ts'
import { createSystem } from '../../src/system.ts'
import {
  buildJob,
  buildNode,
  NO_FIXED_RAM,
  SimulatedClock,
  SimulatedExecutor,
} from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'

hushXState()

/** Waits whole milliseconds, as Node's timers do: up to one less than was asked for. */
class WholeMsClock extends SimulatedClock {
  override setTimeout(fn: () => void, ms: number): unknown {
    return super.setTimeout(fn, Math.trunc(ms))
  }
}

const NO_FILES = { runDir: '', jobDir: '', output: '', stdout: '', stderr: '' }

it('tries a failed job again, although the timer that wakes it ends a fraction of a millisecond early', () => {
  const clock = new WholeMsClock()
  const system = createSystem({
    clock,
    defer: clock.defer,
    endOfTurn: clock.defer,
    policy: longestFirst(),
    work: (job, placement) => ({ job, placement, paths: NO_FILES }),
  })
  // Executors measure durations finer than the clock's milliseconds.
  const ending = { ok: false, exitCode: 1, durationS: 0.0107 }
  const executor = new SimulatedExecutor(clock, ({ placement }) =>
    placement.attempt === 1 ? { durationS: 0.01, ending } : { durationS: 0.01 },
  )
  system.join(buildNode(), { command: executor, task: executor, inline: executor })
  const { admitted } = examine(system.state(), [buildJob({ id: 'a', retries: 1 })], NO_FIXED_RAM)
  system.actor.send({ type: 'jobs.add', jobs: admitted })
  system.actor.send({ type: 'scheduler.start' })
  clock.runAll()
  expect(system.state().ends).toEqual({ succeeded: 1, failed: 0, cancelled: 0 })
})
