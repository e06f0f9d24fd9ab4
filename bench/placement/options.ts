import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { POLICY_NAMES, type PolicyName } from '../../src/machines/placement/policies.ts'
import { ROOT } from '../core/places.ts'
import type { Estimates } from '../instances/instance.ts'
import { folderFrom, type Generated } from '../instances/source.ts'

/** What was asked for. */
export interface Options {
  /** Folder of instance files; `null` to read none. */
  readonly folder: string | null
  /** Instances of the project's own, one of each family and size for each of so many seeds. */
  readonly generated: Generated
  readonly policies: readonly PolicyName[]
  readonly estimates: readonly Estimates[]
  readonly workers: number
  /** One JSON object a line instead of a table. */
  readonly json: boolean
}

/** Thrown for what cannot be meant. */
export class UsageError extends Error {}

const ESTIMATES = ['exact', 'given'] as const satisfies readonly Estimates[]

/** Sizes of generated instances where nobody names any: a folder has the small ones. */
const BESIDE_A_FOLDER = [8000]
const ALONE = [100, 1000, 8000]

export const USAGE = `npm run bench:placement -- [--instances DIR] [--generated SEEDS] [--sizes N,...] [--policies NAME,...]
    [--estimates exact,given] [--workers N] [--json]
  --instances DIR  read instances from this folder only
  --generated N    make instances of the project's own only, by N seeds
                   (default: read ../shared/instances, and make those of ${BESIDE_A_FOLDER} jobs by one seed)
  --sizes N,...    jobs of those that are made (default ${ALONE})
  --policies ...   default ${POLICY_NAMES}
  --estimates ...  exact: the scheduler knows the true durations; given: it sees the recorded guesses, and learns
                   while it runs (default both; instances of more than 1000 jobs that are made: exact)
  --workers N      processes (default: one for each thread)
  --json           print one JSON object a line instead of a table`

/** Throws a `UsageError` that says what was wrong. */
export function readOptions(args: readonly string[]): Options {
  const values = valuesOf(args)
  const { instances, generated } = values
  const isDefault = instances === undefined && generated === undefined
  const sizes = values.sizes?.split(',').map(size => wholeNumber('--sizes', size))
  return {
    folder: instances ? folderFrom(instances) : isDefault ? join(ROOT, '../shared/instances') : null,
    generated: {
      seeds: generated === undefined ? Number(isDefault) : wholeNumber('--generated', generated),
      sizes: sizes ?? (isDefault ? BESIDE_A_FOLDER : ALONE),
    },
    policies: namesOf('--policies', values.policies, POLICY_NAMES),
    estimates: namesOf('--estimates', values.estimates, ESTIMATES),
    workers: values.workers === undefined ? availableParallelism() : wholeNumber('--workers', values.workers),
    json: values.json,
  }
}

function valuesOf(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ instances: text, generated: text, sizes: text, policies: text, estimates: text, workers: text },
        json: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new UsageError(`expected ${option} to be a whole number ≥ 1, got ${text}`)
  return number
}

function namesOf<T extends string>(
  option: string,
  text: string | undefined,
  known: readonly T[],
): readonly T[] {
  if (text === undefined) return known
  return text.split(',').map(name => {
    const found = known.find(one => one === name)
    if (!found) throw new UsageError(`expected ${option} to be of ${known.join(', ')}, got ${name}`)
    return found
  })
}
