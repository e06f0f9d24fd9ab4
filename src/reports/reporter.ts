import type { Clock } from '../clock.ts'
import type { RunEvent, RunPicture, RunReport } from '../progress.ts'

/** `live` redraws a terminal, `plain` prints reports, `json` prints events, `none` prints nothing. */
export type ReportMode = 'live' | 'plain' | 'json' | 'none'

/** A stream that reports are written to: `process.stdout` and `process.stderr` are two. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  /** Size of the terminal in characters. */
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  on?(event: 'resize', listener: () => void): unknown
  off?(event: 'resize', listener: () => void): unknown
}

/** What a reporter works with. */
export interface ReporterContext {
  /** The run as it is now. */
  readonly picture: () => RunPicture
  readonly stdout: Output
  readonly stderr: Output
  readonly clock: Clock
}

/** Hears what happens in a run and shows it to somebody. */
export interface Reporter {
  tell(event: RunEvent): void
  end(report: RunReport): void | Promise<void>
}
