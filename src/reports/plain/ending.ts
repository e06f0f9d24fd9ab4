import type { RunReport } from '../../progress.ts'
import type { Output } from '../reporter.ts'
import { painter, wantsColour } from '../text/paint.ts'
import { endReport } from './end.ts'
import { failedOf, MOST_FAILED } from './failedJobs.ts'
import { type LogTail, readLogTail } from './logTail.ts'
import type { Sheet } from './sheet.ts'

const WIDEST = 100
const DEFAULT_WIDTH = 80

/** The sheet that fits a stream: as wide as its terminal, at most 100 columns; 80 without a terminal. */
export function sheetFor(output: Output): Sheet {
  const width = Math.min(WIDEST, output.columns || DEFAULT_WIDTH)
  return { width, foldAt: output.columns || Infinity, paint: painter(wantsColour(output)) }
}

/** Reads the ends of the failed jobs' logs and writes the END report. */
export async function writeEndReport(report: RunReport, output: Output): Promise<void> {
  const tails = await readTails(report)
  output.write(`${endReport(report, tails, sheetFor(output)).join('\n')}\n`)
}

async function readTails(report: RunReport): Promise<Map<string, LogTail>> {
  const { runDir } = report
  if (runDir === null) return new Map()
  const told = failedOf(report).slice(0, MOST_FAILED)
  const tails = await Promise.all(told.map(outcome => readLogTail(runDir, outcome)))
  return new Map(tails.flatMap((tail, index) => (tail === null ? [] : [[told[index]?.id ?? '', tail]])))
}
