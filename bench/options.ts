import { parseArgs } from 'node:util'

/** What was asked for. */
export interface Options {
  /** Benches to run; all of them where none is named. */
  readonly names: readonly string[]
  /** Install what Longshore is compared with. */
  readonly peers: boolean
  readonly json: boolean
  /** Write the table into docs/benchmarks.md. */
  readonly write: boolean
  readonly rounds: number
}

/** Thrown for what cannot be meant. */
export class UsageError extends Error {}

export const USAGE = `npm run bench -- [NAMES] [--peers] [--json] [--write] [--rounds N]
  --peers     install what Longshore is compared with into .peers, then measure
  --json      print findings as JSON
  --write     write the table into docs/benchmarks.md (only for all benches)
  --rounds N  how often each contestant runs (default 5)`

/** Throws a `UsageError` that says what was wrong. */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const { values, positionals: names } = parse(args)
  const rounds = Number(values.rounds)
  const unknown = names.filter(name => !known.includes(name))
  if (unknown.length > 0) {
    throw new UsageError(`there is no bench ${unknown.join(', ')}; there are ${known.join(', ')}`)
  }
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`expected --rounds to be a whole number > 0, got ${values.rounds}`)
  }
  const { peers, json, write } = values
  if (write && names.length > 0) throw new UsageError('--write needs all benches: leave the names out')
  return { names, peers, json, write, rounds }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        peers: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '5' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
