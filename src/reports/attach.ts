import type { Observable } from 'rxjs'
import type { RunEvent, RunReport } from '../progress.ts'
import type { Output, Reporter, ReporterContext, ReportMode } from './reporter.ts'

export interface ReportsOptions extends ReporterContext {
  /** Default: `live` on a terminal, else `plain`. */
  readonly mode: ReportMode | undefined
  readonly events$: Observable<RunEvent>
}

/** The reports of a run. `end` prints the END report and resolves when all is written. */
export interface Reports {
  end(report: RunReport): void | Promise<void>
}

/**
 * Shows a run while it runs: plain reports and the live view on `stderr`, JSON events on `stdout`. Must be called
 * before the run starts, so that no event is missed. The code of a mode is loaded when it is asked for; events
 * that come meanwhile are kept.
 */
export function attachReports(options: ReportsOptions): Reports {
  const mode = chooseMode(options.mode, options.stderr)
  if (mode === 'none') return { end: () => undefined }
  const early: RunEvent[] = []
  let tell = (event: RunEvent): void => void early.push(event)
  const subscription = options.events$.subscribe(event => tell(event))
  const loading = load(mode, options).then(reporter => {
    for (const event of early.splice(0)) reporter.tell(event)
    tell = event => reporter.tell(event)
    return reporter
  })
  return {
    async end(report) {
      const reporter = await loading
      subscription.unsubscribe()
      await reporter.end(report)
    },
  }
}

/** The live view needs a terminal that can move its cursor; without one, plain reports are printed. */
export function chooseMode(wanted: ReportMode | undefined, stderr: Output): ReportMode {
  const canRedraw = stderr.isTTY === true && process.env['TERM'] !== 'dumb'
  if (wanted === undefined || wanted === 'live') return canRedraw ? 'live' : 'plain'
  return wanted
}

async function load(mode: Exclude<ReportMode, 'none'>, context: ReporterContext): Promise<Reporter> {
  switch (mode) {
    case 'live':
      return (await import('./live/view.ts')).liveReporter(context)
    case 'plain':
      return (await import('./plain/reporter.ts')).plainReporter(context)
    case 'json':
      return (await import('./json/reporter.ts')).jsonReporter(context)
  }
}
