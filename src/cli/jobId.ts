import { InvalidOptionsError } from '../errors.ts'
import { sanitize } from '../reports/text/sanitize.ts'

const MOST_NAMED = 10

/**
 * The id of the job that is meant: an id, or a name that one job alone bears. What is neither comes back as it is, for
 * whoever looks for it to refuse. Throws an `InvalidOptionsError` where several jobs have that name.
 */
export async function jobIdOf(runDir: string, word: string): Promise<string> {
  const { findJob, idsNamed } = await import('../actors/journal/find.ts')
  const { hasJournal } = await import('../actors/journal/journal.ts')
  if (!hasJournal(runDir) || !('ids' in findJob(runDir, word))) return word
  const ids = idsNamed(runDir, word)
  if (ids.length > 1) throw ambiguous(word, ids)
  return ids[0] ?? word
}

function ambiguous(word: string, ids: readonly string[]): InvalidOptionsError {
  const more = ids.length > MOST_NAMED ? `, … (${ids.length})` : ''
  const message = `several jobs have this name: name one by its id, ${ids.slice(0, MOST_NAMED).join(', ')}${more}`
  return new InvalidOptionsError([{ where: sanitize(word), message }])
}
