import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../core/places.ts'

/** What was asked for. */
export interface Options {
  /** Folder of instance files. */
  readonly folder: string
  /** Instances of the project's own, one of each family and size for each of so many seeds; 0 reads the folder. */
  readonly generated: number
  /** Start two cheap jobs of each group first. */
  readonly probeGroups: boolean
  /** One JSON object a line instead of a table. */
  readonly json: boolean
}

/** Thrown for what cannot be meant. */
export class UsageError extends Error {}

export const USAGE = `npm run bench:eta -- [--instances DIR | --generated SEEDS] [--probe-groups] [--json]
  --instances DIR  read instances from this folder (default ../shared/instances)
  --generated N    make instances of the project's own instead, by N seeds
  --probe-groups   start two cheap jobs of each group first
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
        json: { type: 'boolean', default: false },
      },
    })
    const generated = Number(values.generated)
    if (!Number.isInteger(generated) || generated < 0)
      throw new UsageError(`expected --generated to be a whole number ≥ 0, got ${values.generated}`)
    return { folder: values.instances, generated, probeGroups: values['probe-groups'], json: values.json }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
