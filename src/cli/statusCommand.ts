import { hostname } from 'node:os'
import type { Command } from 'commander'
import type { RunStatus } from '../control/operations.ts'
import { runFolderOf } from './runFolder.ts'

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .summary('where a run stands')
    .description('Tells where a run stands: from its scheduler, or from its journal where none runs it.')
    .argument('[run]', 'folder of the run, or its name in longshore-runs/ (default: the latest there)')
    .option('--json', 'as one JSON object')
    .action((run: string | undefined, { json = false }: { readonly json?: boolean }) => showStatus(run, json))
}

async function showStatus(run: string | undefined, asJson: boolean): Promise<void> {
  const { runStatus } = await import('../control/status.ts')
  const status = await runStatus(await folderOf(run))
  process.stdout.write(asJson ? await jsonOf(status) : await textOf(status))
}

async function folderOf(run: string | undefined): Promise<string> {
  if (run !== undefined) return runFolderOf(run)
  const { findRunFolder } = await import('../actors/record/folder.ts')
  return findRunFolder(undefined)
}

async function jsonOf(status: RunStatus): Promise<string> {
  const { sanitizeJson } = await import('../reports/text/sanitize.ts')
  const lines = JSON.stringify(status, null, 2).split('\n')
  return `${lines.map(sanitizeJson).join('\n')}\n`
}

const MOST_RUNNING = 20
const MOST_FAILED = 20

async function textOf({
  runDir,
  state,
  holder,
  counts,
  remainingS,
  endsAt,
  running,
  failures = [],
}: RunStatus): Promise<string> {
  const { formatDuration } = await import('../reports/text/duration.ts')
  const { formatDate } = await import('../reports/text/date.ts')
  const { sanitize } = await import('../reports/text/sanitize.ts')
  const by = holder && `process ${holder.pid} on ${sanitize(holder.host)}, since ${formatDate(holder.since)}`
  const lines = [
    sanitize(runDir),
    `  state      ${state === 'left' ? leftText(holder, by, hasEnded(counts)) : `${state}${by ? `, by ${by}` : ''}`}`,
    `  jobs       ${counts.total}: ${countsText(counts, state === 'left' ? 'running when it was left' : 'running')}`,
  ]
  if (state === 'left' && !hasEnded(counts)) lines.push(`  go on      longshore resume ${sanitize(runDir)}`)
  if (remainingS !== null) lines.push(`  remaining  ${formatDuration(remainingS)}`)
  if (endsAt !== null) lines.push(`  ends       ${formatDate(endsAt)}`)
  for (const { id, name, elapsedS, remainingS: left } of running.slice(0, MOST_RUNNING)) {
    const rest = left === null ? '' : `, ${formatDuration(left)} left`
    lines.push(`  running    ${sanitize(id)} (${sanitize(name)}): ${formatDuration(elapsedS)}${rest}`)
  }
  if (running.length > MOST_RUNNING) lines.push(`  …          and ${running.length - MOST_RUNNING} more`)
  const { reasonText } = await import('../reports/plain/failedJobs.ts')
  for (const failure of failures.slice(0, MOST_FAILED))
    lines.push(`  failed     ${sanitize(failure.id)} (${sanitize(failure.name)}): ${reasonText(failure)}`)
  const moreFailed = counts.failed - Math.min(failures.length, MOST_FAILED)
  if (failures.length > 0 && moreFailed > 0)
    lines.push(`  …          and ${moreFailed} more: see results.jsonl`)
  return `${lines.join('\n')}\n`
}

/** Whether nothing is left to run. */
export function hasEnded({ pending, running, retrying }: RunStatus['counts']): boolean {
  return pending + running + retrying === 0
}

/** Its scheduler did not answer: on another machine than this one it may run all the same. */
function leftText(holder: RunStatus['holder'], by: string | null, isOver: boolean): string {
  if (isOver) return by === null ? 'ended' : `ended; last ${by}`
  if (holder === null || by === null) return 'nobody runs it'
  if (holder.host === hostname()) return `nobody runs it; last ${by}`
  return `last ${by}: only there it can be asked whether it still runs (ssh, or srun --overlap --jobid=JOB)`
}

/** The numbers of jobs that are not 0. */
export function countsText(counts: RunStatus['counts'], whatRuns = 'running'): string {
  const { succeeded, failed, cancelled, running, retrying, pending } = counts
  const parts = { succeeded, failed, cancelled, [whatRuns]: running, retrying, waiting: pending }
  const some = Object.entries(parts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []))
  return some.join(', ') || 'none'
}
