import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A scheme has at least two letters: `C:` is a drive. */
const URL_LIKE = /^[a-z][a-z\d+.-]+:/i

/** Turns what a job names into what holds from anywhere. Both answers are remembered: jobs are alike. */
export interface PathResolver {
  /** URL of a task's module. */
  module(given: string | URL): string
  /** Absolute path of a working folder. */
  folder(given: string): string
}

/** Resolves relative paths against `base`, an absolute path. */
export function createPathResolver(base: string): PathResolver {
  const module = remember(given => (URL_LIKE.test(given) ? given : pathToFileURL(resolve(base, given)).href))
  const folder = remember(given => resolve(base, given.startsWith('file:') ? fileURLToPath(given) : given))
  return { module: given => module(String(given)), folder }
}

const MOST_REMEMBERED = 10_000

function remember(compute: (given: string) => string): (given: string) => string {
  const known = new Map<string, string>()
  return given => {
    const before = known.get(given)
    if (before !== undefined) return before
    const answer = compute(given)
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(given, answer)
    return answer
  }
}
