import type { RunEvent } from '../../progress.ts'
import type { Reporter, ReporterContext } from '../reporter.ts'
import { sheetFor, writeEndReport } from './ending.ts'
import { intermediateReport } from './intermediate.ts'
import { noticeOf } from './notice.ts'
import { pace } from './pace.ts'
import { runningReport } from './running.ts'
import type { Sheet } from './sheet.ts'
import { silence } from './silence.ts'
import { startReport } from './start.ts'

/**
 * Prints reports on stderr: START, an INTERMEDIATE one after bursts of new placements, a RUNNING one when nothing
 * has ended for a while, END; and between them a line for each warning and each of the first failures.
 */
export function plainReporter({ picture, stderr, clock }: ReporterContext): Reporter {
  const print = (lines: (sheet: Sheet) => readonly string[]): void => {
    const text = lines(sheetFor(stderr)).join('\n')
    if (text !== '') stderr.write(`${text}\n`)
  }
  const notice = noticeOf(picture)
  const intermediate = pace(clock, () => print(sheet => intermediateReport(picture(), sheet)))
  const quiet = silence(clock, () => {
    const now = picture()
    if (now.running.length > 0) print(sheet => runningReport(now, sheet))
    return now.running.length > 0
  })

  return {
    tell(event: RunEvent) {
      quiet.hear(event)
      if (event.type === 'run.started') {
        print(sheet => startReport(event, sheet))
        intermediate.rest()
      }
      if (event.type === 'burst.placed') intermediate.ask()
      const told = notice(event)
      if (told) print(told)
    },
    async end(report) {
      intermediate.stop()
      quiet.stop()
      await writeEndReport(report, stderr)
    },
  }
}
