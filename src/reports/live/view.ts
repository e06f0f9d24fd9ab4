import type { RunEvent } from '../../progress.ts'
import { writeEndReport } from '../plain/ending.ts'
import { joinedText } from '../plain/node.ts'
import { warningText } from '../plain/notice.ts'
import type { Reporter, ReporterContext } from '../reporter.ts'
import { painter, wantsColour } from '../text/paint.ts'
import { terminalFrame } from './frame.ts'
import { redraws } from './redraws.ts'
import { renderLive } from './render.ts'

/**
 * The live view on stderr: drawn anew when something has happened, at most 10 times a second, and once a second
 * while jobs run, for the clocks. It ends with the END report.
 */
export function liveReporter({ picture, stderr, clock }: ReporterContext): Reporter {
  const frame = terminalFrame(stderr)
  const colour = wantsColour(stderr)
  const size = () => ({ columns: stderr.columns || 80, rows: stderr.rows || 24, colour })
  const view = redraws(clock, () => {
    const now = picture()
    frame.draw(renderLive(now, size()))
    return now.running.length > 0
  })
  stderr.on?.('resize', view.changed)

  return {
    tell(event: RunEvent) {
      if (event.type === 'warning') frame.persist(warningText(event.message, painter(colour)))
      if (event.type === 'node.joined') frame.persist(joinedText(event.node))
      view.changed()
    },
    async end(report) {
      view.stop()
      stderr.off?.('resize', view.changed)
      frame.close()
      await writeEndReport(report, stderr)
    },
  }
}
