import type { Clock } from '../../../src/clock.ts'
import type { Executor, ExecutorReport } from '../../../src/executor.ts'
import { randomOf } from '../../../src/simulator/random.ts'
import type { MessageFaults } from './plan.ts'

/** The same executor, what it tells coming late, twice, or before what was told first. */
export function troubled(executor: Executor, clock: Clock, faults: MessageFaults): Executor {
  const { seed, twice, lateS } = faults
  const times = new Map<string, number>()
  const tellTroubled = (tell: (report: ExecutorReport) => void) => (report: ExecutorReport) => {
    const what = `${report.placementId} ${report.type}`
    const nth = (times.get(what) ?? 0) + 1
    times.set(what, nth)
    const draw = (key: string) => randomOf(seed, what, nth, key)
    const deliver = (key: string) => {
      const late = draw(key) * lateS * 1000
      if (late < 1) tell(report)
      else clock.setTimeout(() => tell(report), late)
    }
    deliver('late')
    if (draw('twice') < twice) deliver('later')
  }
  return {
    start: (work, tell) => executor.start(work, tellTroubled(tell)),
    terminate: id => executor.terminate(id),
    kill: id => executor.kill(id),
    close: () => executor.close(),
  }
}
