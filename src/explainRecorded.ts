import { findOutcome, hasResults } from './actors/record/find.ts'
import { InvalidOptionsError, UnknownJobError } from './errors.ts'
import type { EndedExplanation } from './explanation.ts'
import { nearestId } from './schema/suggest.ts'

/**
 * What the record of a run says of a job that has ended. Throws an `InvalidOptionsError` where the folder holds no
 * record, and an `UnknownJobError` where the job has not ended or is none of the run.
 */
export async function explainRecorded(runDir: string, id: string): Promise<EndedExplanation> {
  if (!hasResults(runDir)) {
    const message = 'expected the folder of a run, but there is no results.jsonl in it'
    throw new InvalidOptionsError([{ where: runDir, message }])
  }
  const { outcome, ids } = await findOutcome(runDir, id)
  if (outcome === null) throw new UnknownJobError(id, nearestId(id, ids))
  const { name, group } = outcome
  return { id, name, group, at: Date.now(), state: 'ended', outcome }
}
