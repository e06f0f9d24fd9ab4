import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../core/places.ts'
import { folderFrom } from '../instances/source.ts'

/** What was asked for. */
export interface Options {
  /** Folder of instance files. */
  readonly folder: string
  /** Instances of the project's own, one of each family and size for each of so many seeds; 0 reads the folder. */
  readonly generated: number
  /** Start two cheap jobs of each group first. */
  readonly probeGroups: boolean
  /** Number of processes. */
  readonly workers: number
  /** One JSON object a line instead of a table. */
  readonly json: boolean
}

/** Thrown for what cannot be meant. */
export class UsageError extends Error {}

export const USAGE = `npm run bench:eta -- [--instances DIR | --generated SEEDS] [--probe-groups] [--workers N] [--json]
  --instances DIR  read instances from this folder (default ../shared/instances)
  --generated N    make instances of the project's own instead, by N seeds
  --probe-groups   start two cheap jobs of each group first
  --workers N      processes (default: one for each thread)
  --json           print one JSON object a line instead of a table`

/** Throws a `UsageError` that says what was wrong. */
export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        instances: { type: 'string', default: join(ROOT, '../shared/instances') },
        generated: { type: 'string', default: '0' },
        'probe-groups': { type: 'boolean', default: false },
        workers: { type: 'string', default: String(availableParallelism()) },
        json: { type: 'boolean', default: false },
      },
    })
    return {
      folder: folderFrom(values.instances),
      generated: wholeNumber('--generated', 0, values.generated),
      probeGroups: values['probe-groups'],
      workers: wholeNumber('--workers', 1, values.workers),
      json: values.json,
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(option: string, least: number, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < least)
    throw new UsageError(`expected ${option} to be a whole number ≥ ${least}, got ${text}`)
  return number
}
