import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../core/places.ts'

/** What was asked for. */
export interface Options {
  /** Folder of instance files. */
  readonly folder: string
  /** One JSON object a line instead of a table. */
  readonly json: boolean
}

/** Thrown for what cannot be meant. */
export class UsageError extends Error {}

export const USAGE = `npm run bench:eta -- [--instances DIR] [--json]
  --instances DIR  read instances from this folder (default ../shared/instances)
  --json           print one JSON object a line instead of a table`

/** Throws a `UsageError` that says what was wrong. */
export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        instances: { type: 'string', default: join(ROOT, '../shared/instances') },
        json: { type: 'boolean', default: false },
      },
    })
    return { folder: values.instances, json: values.json }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
