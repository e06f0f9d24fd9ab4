import type { Observable } from 'rxjs'
import type { RunEvent, RunReport } from '../progress.ts'
import type { Output, Reporter, ReporterContext, ReportMode } from './reporter.ts'

type LoadedMode = Exclude<ReportMode, 'none'>

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
 * that come meanwhile are kept. Jobs that are added after the END report are reported anew.
 */
export function attachReports(options: ReportsOptions): Reports {
  const mode = chooseMode(options.mode, options.stderr)
  if (mode === 'none') return { end: () => undefined }
  let current: Reporter | null = open(mode, options)
  options.events$.subscribe(event => {
    if (event.type === 'jobs.added') current ??= open(mode, options)
    current?.tell(event)
  })
  return {
    async end(report) {
      const reporter = current
      current = null
      await reporter?.end(report)
    },
  }
}

/** A reporter that can be told of events at once, while its code is being loaded. */
function open(mode: LoadedMode, context: ReporterContext): Reporter {
  const early: RunEvent[] = []
  let tell = (event: RunEvent): void => void early.push(event)
  const loading = load(mode, context).then(reporter => {
    for (const event of early.splice(0)) reporter.tell(event)
    tell = event => reporter.tell(event)
    return reporter
  })
  return {
    tell: event => tell(event),
    end: async report => (await loading).end(report),
  }
}

/** The live view needs a terminal that can move its cursor; without one, plain reports are printed. */
export function chooseMode(wanted: ReportMode | undefined, stderr: Output): ReportMode {
  const canRedraw = stderr.isTTY === true && process.env['TERM'] !== 'dumb'
  if (wanted === undefined || wanted === 'live') return canRedraw ? 'live' : 'plain'
  return wanted
}

async function load(mode: LoadedMode, context: ReporterContext): Promise<Reporter> {
  switch (mode) {
    case 'live':
      return (await import('./live/view.ts')).liveReporter(context)
    case 'plain':
      return (await import('./plain/reporter.ts')).plainReporter(context)
    case 'json':
      return (await import('./json/reporter.ts')).jsonReporter(context)
  }
}
