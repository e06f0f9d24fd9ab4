import type { Command } from 'commander'
import { type Fault, InvalidOptionsError } from '../errors.ts'
import { flagOf, numberOr, splitPair } from './flags.ts'

/** Options of `run` that say what one job asks for, named as the keys of a job. */
const REQUEST_KEYS = [
  'group',
  'name',
  'priority',
  'threads',
  'ramGb',
  'gpus',
  'gpuShare',
  'gpuRamGb',
  'physicalCores',
  'timeS',
  'timeoutS',
] as const

type RequestKey = (typeof REQUEST_KEYS)[number]

export type RequestFlags = { readonly [key in RequestKey]?: number | string } & {
  /** `name=amount`, each. */
  readonly resource?: readonly string[]
  /** `key=values`, each. */
  readonly sweep?: readonly string[]
}

export function addRequestOptions(command: Command): Command {
  return command
    .optionsGroup('What a command behind -- asks for (in a job file these are keys of a job):')
    .option('--threads <n>', 'threads, fractions allowed (default: 1)', numberOr)
    .option('--ram-gb <gib>', 'RAM in GiB, an upper bound (default: 0)', numberOr)
    .option('--gpus <n>', 'number of GPUs (default: 0)', numberOr)
    .option(
      '--gpu-share <share>',
      'share of each GPU, so that several jobs fit onto one (default: 1)',
      numberOr,
    )
    .option('--gpu-ram-gb <gib>', 'RAM in GiB on each GPU (default: 0)', numberOr)
    .option('--physical-cores <n>', 'contiguous physical cores, pinned (default: 0)', numberOr)
    .option('--resource <name=n>', 'resource of your own; can be repeated', collect)
    .option('--time-s <s>', 'estimate in seconds; it need not be right', numberOr)
    .option('--timeout-s <s>', 'time limit in seconds', numberOr)
    .option('--name <name>', 'what people see')
    .option('--group <name>', 'jobs of one group share one learned time factor')
    .option('--priority <n>', 'higher goes first (default: 0)', numberOr)
    .option(
      '--sweep <key=values>',
      'a job for each value: a list a,b,c or a range 1..5; fills in {key}; can be repeated',
      collect,
    )
}

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** Options of a request that were given, as they are written. */
export function givenRequestFlags(flags: RequestFlags): string[] {
  return [...REQUEST_KEYS, 'resource', 'sweep'].filter(key => key in flags).map(flagOf)
}

/** A job of the command and its options, not checked yet. Throws an `InvalidOptionsError`. */
export function specOf(command: readonly string[], flags: RequestFlags): Readonly<Record<string, unknown>> {
  const spec: Record<string, unknown> = { command }
  for (const key of REQUEST_KEYS) if (flags[key] !== undefined) spec[key] = flags[key]
  if (flags.resource) {
    spec['resources'] = pairsOf('--resource', 'name=amount', flags.resource, numberOr)
  }
  return spec
}

/** The sweep of the options, `null` for none. Throws an `InvalidOptionsError`. */
export function sweepOf(
  flags: RequestFlags,
  parse: (values: string) => unknown,
): Readonly<Record<string, unknown>> | null {
  return flags.sweep ? pairsOf('--sweep', 'key=values', flags.sweep, parse) : null
}

function pairsOf(flag: string, form: string, texts: readonly string[], parse: (value: string) => unknown) {
  const pairs: Record<string, unknown> = {}
  const faults: Fault[] = []
  for (const text of texts) {
    const [name, value = ''] = splitPair(text) ?? []
    if (name === undefined || value === '')
      faults.push({ where: flag, message: `expected ${form}, got "${text}"` })
    else if (Object.hasOwn(pairs, name))
      faults.push({ where: flag, message: `expected "${name}" once, got it twice` })
    else pairs[name] = parse(value)
  }
  if (faults.length > 0) throw new InvalidOptionsError(faults)
  return pairs
}

/** The option that a part of the job was given by. */
export function locateFlag(path: readonly (string | number)[]): string {
  const key = path.find(step => typeof step === 'string' && step !== 'jobs')
  if (key === 'command' || key === undefined) return 'command'
  if (key === 'sweep') return `--sweep ${path[1] ?? ''}`.trim()
  return key === 'resources' ? '--resource' : flagOf(String(key))
}
