import type { PolicyName } from '../../src/machines/placement/policies.ts'
import type { Estimates } from '../instances/instance.ts'
import { filesOf, madeOf, type Source } from '../instances/source.ts'
import type { Options } from './options.ts'

/** A policy that is to run an instance. */
export interface Task {
  readonly source: Source
  readonly policy: PolicyName
  readonly estimates: Estimates
}

/** Larger ones are made with true durations only. */
const MOST_GUESSED = 1000

/** All that is to be run, the longest first. Throws where the folder is not there. */
export function tasksOf({ folder, generated, policies, estimates }: Options): Task[] {
  const files = folder === null ? [] : filesOf(folder)
  const sources = [...madeOf(generated), ...files]
  return sources.flatMap(source =>
    estimates
      .filter(kind => kind === 'exact' || source.kind === 'file' || source.jobs <= MOST_GUESSED)
      .flatMap(kind => policies.map(policy => ({ source, policy, estimates: kind }))),
  )
}
