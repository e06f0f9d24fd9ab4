import type { Executor } from '../../../src/executor.ts'
import type { SimulatedClock } from '../../../src/simulator/clock.ts'
import { SimulatedExecutor } from '../../../src/simulator/executor.ts'
import { ENDINGS } from './endings.ts'
import type { Watch } from './machine.ts'
import { clockOf, type Mortal } from './mortal.ts'

/** Tasks, which live in processes that end with their scheduler. */
export function tasksOf(clock: SimulatedClock, mortal: Mortal, watch: Watch): TasksExecutor {
  const simulated = new SimulatedExecutor(clockOf(clock, mortal), work => {
    const { ends, durationS, endsOnTerm } = watch.planOf(work)
    if (ends === 'never') return { durationS: Number.POSITIVE_INFINITY, endsOnTerm }
    const { durationS: _, ...ending } = ENDINGS[ends]
    return { durationS, endsOnTerm, ending }
  })
  return {
    start(work, tell) {
      if (!mortal.point()) return
      watch.began(work, [])
      simulated.start(work, report => {
        if (!mortal.point()) return
        if (report.type === 'job.exited') watch.ended(work, report.ending)
        tell(report)
      })
    },
    terminate: id => simulated.terminate(id),
    kill: id => simulated.kill(id),
    close: async () => {},
    vanish: () => simulated.vanish(),
  }
}

export interface TasksExecutor extends Executor {
  vanish(): void
}
