import type { RunEvent } from '../../progress.ts'
import type { Reporter, ReporterContext } from '../reporter.ts'
import { jsonLine } from './line.ts'

const PROGRESS_EVERY_MS = 1000

/**
 * Prints each event as a line of JSON on stdout; after a burst of placements a `progress` event, at most one a
 * second; at the end a `report` event. Lines of one turn of the event loop are written together.
 */
export function jsonReporter({ picture, stdout, clock }: ReporterContext): Reporter {
  let lines = ''
  let progressAt = Number.NEGATIVE_INFINITY
  const print = (line: string): void => {
    if (lines === '') queueMicrotask(flush)
    lines += line
  }
  const flush = (): void => {
    if (lines !== '') stdout.write(lines)
    lines = ''
  }
  const tellProgress = (): void => {
    const at = clock.now()
    if (at - progressAt < PROGRESS_EVERY_MS) return
    progressAt = at
    print(jsonLine({ type: 'progress', at, ...picture().progress }))
  }
  return {
    tell(event: RunEvent) {
      print(jsonLine(event))
      if (event.type === 'burst.placed') tellProgress()
    },
    end({ outcomes: _told, ...report }) {
      print(jsonLine({ type: 'report', at: report.endedAt, ...report }))
      flush()
    },
  }
}
