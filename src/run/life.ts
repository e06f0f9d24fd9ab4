import { removeUnusedRunFolder } from '../actors/record/folder.ts'
import { reportOf } from '../machines/scheduler/answers.ts'
import type { RunReport } from '../progress.ts'
import { graceMs, type RunAccount } from './account.ts'
import type { RunParts } from './parts.ts'
import { rest, restWithin } from './rest.ts'

/** A run starts: from here on its time counts, and what an earlier scheduler has left of it goes on. */
export function beginRun(
  { system, clock, nodes, warnings, runDir, resumption }: RunParts,
  { record }: RunAccount,
): void {
  const { jobs, nodes: joined } = system.state()
  const at = clock.now()
  record.begin(at)
  const capacities = [...joined.values()].map(({ capacity }) => capacity)
  const held = resumption?.held ?? []
  const known = jobs.size + held.length
  system.tell({ type: 'run.started', at, jobs: known, nodes: capacities, fixedRam: nodes.fixedRam, runDir })
  warnings.to(message => system.tell({ type: 'warning', at: clock.now(), message }))
  if (held.length > 0) system.actor.send({ type: 'jobs.adopt', held })
  const ids = resumption?.cancelling ?? []
  if (ids.length > 0) system.actor.send({ type: 'jobs.cancel', ids })
  for (const jobId of resumption?.evicting ?? []) system.actor.send({ type: 'job.evict', jobId })
}

/** Resolves when all has ended, with what came of it. */
export async function runToRest(
  { system, runDir, history }: RunParts,
  account: RunAccount,
): Promise<RunReport> {
  const { record, endTime } = account
  await rest(system.actor)
  endTime.stop()
  const report = reportOf(system.state(), {
    runDir,
    startedAt: account.since,
    stop: account.stop,
    firstEstimate: endTime.first,
    history: history?.use ?? null,
  })
  const { endedAt: at, durationS, counts } = report
  system.tell({ type: 'run.ended', at, durationS, counts })
  record.summarize(report)
  return report
}

/** Ends what runs, and then all that belongs to the run. `running` is a run that somebody waits for. */
export async function closeRun(
  parts: RunParts,
  account: RunAccount,
  { by, running }: { readonly by: string | undefined; readonly running: Promise<RunReport> | null },
): Promise<void> {
  const { system, backend, nodes, inspector, control, clock, history } = parts
  account.noteStop(by, clock.now() + graceMs(parts))
  system.actor.send({ type: 'scheduler.close' })
  await restWithin(system.actor, graceMs(parts) / 1000, clock)
  // A function that does not heed its signal would keep this waiting for ever: it is told as ended.
  await backend.giveUp()
  await rest(system.actor)
  await running?.catch(() => undefined)
  await backend.close()
  nodes.stopWatching()
  account.endTime.stop()
  system.actor.stop()
  await system.stopSearch()
  await Promise.all([inspector?.close(), control.close()])
  account.record.close()
  history?.close()
  leaveFolder(parts, account)
}

/** Of a run that wrote nothing, nothing stays. */
function leaveFolder({ journal, runDir, system, clock }: RunParts, { record }: RunAccount): void {
  const isJournalWhole = journal.close()
  if (!record.isWritten) {
    journal.remove()
    removeUnusedRunFolder(runDir)
  } else if (!isJournalWhole) {
    const message = 'the last outcomes could not be written into the journal'
    system.tell({ type: 'warning', at: clock.now(), message })
  }
}
