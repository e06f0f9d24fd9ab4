import type { SchedulerOptions } from '../options.ts'
import type { RunReport } from '../progress.ts'
import { chooseMode } from '../reports/attach.ts'
import { sanitize } from '../reports/text/sanitize.ts'
import type { Scheduler } from '../scheduler.ts'
import { EXIT } from './failure.ts'
import { listenForInterrupts } from './interrupts.ts'
import { resultLines } from './results.ts'
import { resumedLines } from './resumed.ts'

/** Runs what was added, prints what came of it, and sets the exit status of this process. */
export async function runToEnd(scheduler: Scheduler, { reports }: SchedulerOptions): Promise<void> {
  const interrupts = listenForInterrupts(scheduler, line => {
    // The live view and plain reports say it themselves.
    const mode = chooseMode(reports, process.stderr)
    if (mode === 'json' || mode === 'none') process.stderr.write(`\n${line}\n`)
  })
  for (const line of resumedLines(scheduler)) process.stderr.write(`${sanitize(line)}\n`)
  try {
    const report = await scheduler.run()
    if (reports !== 'json') for (const line of resultLines(report)) process.stdout.write(line)
    process.exitCode = interrupts.status ?? statusOf(report, scheduler)
  } finally {
    interrupts.stop()
  }
}

function statusOf({ counts, late }: RunReport, { resumed }: Pick<Scheduler, 'resumed'>): number {
  if (late > 0) return EXIT.outOfTime
  // Nobody knows what became of jobs that cannot be read.
  if (resumed !== null && resumed.unreadable.length > 0) return EXIT.someFailed
  return counts.succeeded === counts.total ? EXIT.allSucceeded : EXIT.someFailed
}
