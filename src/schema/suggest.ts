import { distance } from 'fastest-levenshtein'

/** What people write who come from elsewhere, and the key that means it. */
const SYNONYMS: Readonly<Record<string, string>> = {
  cmd: 'command',
  cores: 'threads',
  cpu: 'threads',
  cpus: 'threads',
  dir: 'cwd',
  duration: 'timeS',
  environment: 'env',
  mem: 'ramGb',
  memory: 'ramGb',
  nthreads: 'threads',
  ngpus: 'gpus',
  prio: 'priority',
  ram: 'ramGb',
  retry: 'retries',
  script: 'command',
  time: 'timeS',
  timeout: 'timeoutS',
  workdir: 'cwd',
}

/** The candidate that `word` was most likely meant to be; `null` where none is near. */
export function suggest(word: string, candidates: readonly string[]): string | null {
  const plain = simplify(word)
  const synonym = Object.hasOwn(SYNONYMS, plain) ? SYNONYMS[plain] : undefined
  if (synonym !== undefined && candidates.includes(synonym)) return synonym
  return nearest(plain, candidates, Math.max(2, Math.floor(plain.length / 3)))
}

/** As `suggest`, for a word that may well be right as it is: only a slip of a letter or of case counts. */
export function suggestSlip(word: string, candidates: readonly string[]): string | null {
  const plain = simplify(word)
  const swapped = candidates.find(candidate => letters(simplify(candidate)) === letters(plain))
  return swapped ?? nearest(plain, candidates, plain.length < 3 ? 0 : plain.length < 7 ? 1 : 2)
}

/** More ids than these are not compared. */
const MOST_IDS = 100_000

/** The id that was most likely meant; `null` where none is near, or there are too many to look through. */
export function nearestId(id: string, ids: Iterable<string>): string | null {
  const candidates = Array.from(ids)
  return candidates.length > MOST_IDS ? null : suggestSlip(id, candidates)
}

/** Its letters in order: words that only have letters swapped have the same. */
function letters(word: string): string {
  return [...word].sort().join('')
}

function nearest(plain: string, candidates: readonly string[], most: number): string | null {
  let best: string | null = null
  let least = most + 1
  for (const candidate of candidates) {
    const away = distance(plain, simplify(candidate))
    // A word that shares no letter with a short candidate is not near it.
    if (away < least && away < candidate.length) [best, least] = [candidate, away]
  }
  return best
}

/** `ram_gb`, `RAM-GB` and `ramGb` are the same word. */
function simplify(word: string): string {
  return word.toLowerCase().replace(/[_\- ]/g, '')
}
