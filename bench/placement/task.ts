import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { PolicyName } from '../../src/machines/placement/policies.ts'
import { FAMILIES } from '../instances/families.ts'
import { generate } from '../instances/generate.ts'
import type { Estimates, Instance } from '../instances/instance.ts'
import { readInstance } from '../instances/read.ts'
import type { Options } from './options.ts'

/** Where an instance comes from: each process reads or makes its own. */
export type Source =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'made'; readonly family: string; readonly jobs: number; readonly seed: number }

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

export function instanceOf(source: Source): Instance {
  return source.kind === 'file'
    ? readInstance(source.path)
    : generate(source.family, source.jobs, source.seed)
}

function filesOf(folder: string): Source[] {
  const files = readdirSync(folder).filter(file => file.endsWith('.json'))
  return files.sort().map(file => ({ kind: 'file', path: join(folder, file) }))
}

function madeOf({ seeds, sizes }: Options['generated']): Source[] {
  return [...sizes]
    .sort((a, b) => b - a)
    .flatMap(jobs =>
      Object.keys(FAMILIES).flatMap(family =>
        Array.from({ length: seeds }, (_, i) => ({ kind: 'made', family, jobs, seed: i + 1 }) as const),
      ),
    )
}
