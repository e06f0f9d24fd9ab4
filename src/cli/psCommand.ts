import { basename } from 'node:path'
import type { Command } from 'commander'
import { countsText, hasEnded } from './statusCommand.ts'

export function addPsCommand(program: Command): void {
  program
    .command('ps')
    .summary('the runs in longshore-runs/ of this folder')
    .description('Lists the runs in longshore-runs/ of this folder, the latest first.')
    .action(listRuns)
}

async function listRuns(): Promise<void> {
  const { latestRuns } = await import('../actors/record/folder.ts')
  const { hasJournal } = await import('../actors/journal/journal.ts')
  const { sanitize } = await import('../reports/text/sanitize.ts')
  const runs = latestRuns().filter(hasJournal)
  if (runs.length === 0) process.stderr.write('No runs in longshore-runs/ of this folder.\n')
  for (const runDir of runs) process.stdout.write(`${sanitize(basename(runDir))}  ${await lineOf(runDir)}\n`)
}

/** One run that cannot be read does not hide the others. */
async function lineOf(runDir: string): Promise<string> {
  const { runStatus } = await import('../control/status.ts')
  const { countOf } = await import('../reports/text/amount.ts')
  try {
    const { state, counts } = await runStatus(runDir)
    const what = state === 'left' && hasEnded(counts) ? 'ended' : state
    return `${what}  ${countOf(counts.total, 'job')}: ${countsText(counts)}`
  } catch (error) {
    const { sanitize } = await import('../reports/text/sanitize.ts')
    return sanitize(error instanceof Error ? error.message : String(error))
  }
}
