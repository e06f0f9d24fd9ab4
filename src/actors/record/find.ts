import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { RecordedOutcome } from './results.ts'

/** What `results.jsonl` says of a job. */
export interface FoundOutcome {
  /** The last one, where a run was gone on with; `null` for a job that has not ended. */
  readonly outcome: RecordedOutcome | null
  /** Ids of the jobs that have ended. */
  readonly ids: readonly string[]
}

/** Whether a folder holds the results of a run. */
export function hasResults(runDir: string): boolean {
  return existsSync(join(runDir, 'results.jsonl'))
}

/** Looks for a job in the results of a run, line by line: of a million others only the ids stand in memory. */
export async function findOutcome(runDir: string, id: string): Promise<FoundOutcome> {
  const lines = createInterface({ input: createReadStream(join(runDir, 'results.jsonl')) })
  const ids: string[] = []
  let outcome: RecordedOutcome | null = null
  for await (const line of lines) {
    const found = idOf(line)
    if (found !== null) ids.push(found)
    if (found === id) outcome = JSON.parse(line)
  }
  return { outcome, ids }
}

/** Each line begins with the id. The last one may be cut off, where the machine has died: it counts for nothing. */
function idOf(line: string): string | null {
  return line.endsWith('}') ? (/^\{"id":"([\w.-]+)",/.exec(line)?.[1] ?? null) : null
}
