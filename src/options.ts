import { z } from 'zod'
import type { Backend } from './backends/backend.ts'
import { BACKEND_NAMES, type BackendName } from './backends/named.ts'
import type { Clock } from './clock.ts'
import { type Fault, InvalidOptionsError } from './errors.ts'
import { POLICY_NAMES, type PolicyName } from './machines/placement/policies.ts'
import type { Policy } from './machines/placement/policy.ts'
import type { ReportMode } from './reports/reporter.ts'
import { suggest } from './schema/suggest.ts'

/** How progress is told: `live` redraws a terminal, `plain` prints reports, `json` prints an event a line to standard output. */
export const REPORT_MODES = ['live', 'plain', 'json', 'none'] as const satisfies readonly ReportMode[]

/** How surely the journal of a run is kept. */
export const DURABILITIES = ['default', 'full'] as const
/** `default` or `full`. */
export type Durability = (typeof DURABILITIES)[number]

/** What to use of a machine instead of what was measured, and how much there is of own resources. */
export interface CapacityOptions {
  /** > 0, fractions allowed. Default: what the process may use. */
  readonly threads?: number
  /** GiB. Default: what is available, times `ramFactor`. */
  readonly ramGb?: number
  /** Number of GPUs, the first ones; 0 to use none. Default: all that are visible. */
  readonly gpus?: number
  /** GiB of each GPU. Default: what is free on it, times `gpuRamFactor`. */
  readonly gpuRamGb?: number
  /** Own named resources and how much there is of each. Default none. */
  readonly resources?: Readonly<Record<string, number>>
}

/** Options of `createScheduler`; each has a default. */
export interface SchedulerOptions {
  /** Where the nodes come from: name of a backend, or a backend of your own. Default `local`, this machine. */
  readonly backend?: BackendName | Backend
  /** With `ray`: the cluster's address, `HOST:PORT`. Default: the one that runs on this machine, else one that is started. */
  readonly address?: string
  /** With `ray`: the Python that has Ray. Default: that of the active virtual environment, else `python3`. */
  readonly python?: string
  /** Use at most so many threads. Default: all that the process may use. */
  readonly maxThreads?: number
  /** Share of the available RAM to use, in (0, 1]. Default 0.9. */
  readonly ramFactor?: number
  /** Share of each GPU's free RAM to use, in (0, 1]. Default 0.9. */
  readonly gpuRamFactor?: number
  /** What to use instead of what was measured. Default: all as measured. */
  readonly capacity?: CapacityOptions
  /** GiB that a CUDA context costs on a GPU. Default: measured where possible, else 0.5. */
  readonly cudaContextGb?: number
  /** Folder of the run. Default: `longshore-runs/` and the date. */
  readonly runDir?: string
  /**
   * Go on with all that is left of the run in `runDir` (by default the latest one). Default false: of a run that is in
   * `runDir` already, jobs go on that are added again.
   */
  readonly resume?: boolean
  /** Of a run that is gone on with, run the jobs again that have failed. Default false. */
  readonly retryFailed?: boolean
  /** Of a run that is gone on with, run these jobs again, by their ids, whatever became of them. Default none. */
  readonly rerun?: readonly string[]
  /** Keep a journal in the folder of the run, so that it can be resumed. Default true. */
  readonly journal?: boolean
  /**
   * `default`: what is recorded survives the end of any process, and that of the machine up to the last checkpoint;
   * `full`: that of the machine too: each outcome is on the disk before it is told.
   */
  readonly durability?: Durability
  /**
   * Whether to begin with what earlier runs have taught of durations, and to keep what this one teaches; or the file of
   * it. Default: `longshore-runs/history.sqlite`, where the folder of the run is in `longshore-runs/` too, else none.
   */
  readonly history?: boolean | string
  /** Default `none`; the command line's default is `live` on a terminal, else `plain`. */
  readonly reports?: ReportMode
  /** Name of a policy, or a policy of your own. Default `portfolio`. */
  readonly policy?: PolicyName | Policy
  /** Retries of jobs that name none. Default 0. */
  readonly retries?: number
  /** Seconds before the first retry, doubled for each further one; each is up to a quarter shorter or longer. Default 1. */
  readonly retryDelayS?: number
  /** How often a job that ran out of memory is tried again with more of it. Default 3; 0 for never. */
  readonly oomRetries?: number
  /** End a job that holds more than so many times the RAM that was reserved for it. Default: never. */
  readonly ramKillFactor?: number
  /**
   * `ram`: each command gets a cgroup of its own, in which the kernel gives it no more RAM than was reserved for it. Only on
   * this machine, and only where a cgroup of version 2 with a memory controller can be had; else an error says why not.
   * Default: jobs are watched, and not limited.
   */
  readonly enforce?: 'ram'
  /**
   * Start jobs also where they are not expected to end before the allocation of a batch system does. Default false: they
   * wait for the next one, and what runs is ended in time.
   */
  readonly ignoreDeadline?: boolean
  /** Seconds between TERM and KILL. Default 10. */
  readonly graceS?: number
  /**
   * Start so many of the longest jobs of each group first, where that costs nothing: to learn early how long the group
   * takes. Default: 3 with `longest-first`, 0 with `balanced-reserve`.
   */
  readonly groupStarts?: number
  /**
   * Start two cheap jobs of middling length of each group first, where that costs less than a hundredth of the run: the
   * end time is right earlier. Default false.
   */
  readonly probeGroups?: boolean
  /** Stream every actor's events and states to the Stately inspector. Default false. */
  readonly inspect?: boolean
  /** Replace a task's worker process when its RAM has grown past a bare one's by this factor. Default 4. */
  readonly workerRamFactor?: number
  /** Default: the machine's clock. */
  readonly clock?: Clock
}

const positive = z.number({ error: expected('a number > 0') }).positive({ error: expected('a number > 0') })
const share = z
  .number({ error: expected('a number in (0, 1]') })
  .gt(0, { error: expected('a number in (0, 1]') })
  .lte(1, { error: expected('a number in (0, 1]') })
const count = z
  .int({ error: expected('a whole number ≥ 0') })
  .nonnegative({ error: expected('a whole number ≥ 0') })
const seconds = z
  .number({ error: expected('a number of seconds ≥ 0') })
  .nonnegative({ error: expected('a number of seconds ≥ 0') })

const gib = z.number({ error: expected('a number of GiB ≥ 0') }).nonnegative({
  error: expected('a number of GiB ≥ 0'),
})
const AMOUNTS = { error: expected('names with a number > 0 each') }

const capacity = z.strictObject(
  {
    threads: positive.optional(),
    ramGb: positive.optional(),
    gpus: count.optional(),
    gpuRamGb: positive.optional(),
    resources: z.record(z.string(), positive, AMOUNTS).optional(),
  },
  { error: expectedObject('amounts such as { threads: 8, ramGb: 32 }') },
)

const keys = {
  backend: z
    .union([z.enum(BACKEND_NAMES), z.custom<Backend>(isBackend)], {
      error: ({ input }) => `${BACKENDS}, got ${show(input)}${meant(input, BACKEND_NAMES)}`,
    })
    .optional(),
  address: z
    .string({ error: expected('HOST:PORT') })
    .regex(/.+:\d+$/, { error: expected('HOST:PORT') })
    .optional(),
  python: z
    .string({ error: expected('a path') })
    .min(1, { error: expected('a path') })
    .optional(),
  maxThreads: positive.optional(),
  ramFactor: share.optional(),
  gpuRamFactor: share.optional(),
  capacity: capacity.optional(),
  cudaContextGb: gib.optional(),
  runDir: z
    .string({ error: expected('the path of a folder') })
    .min(1, { error: expected('the path of a folder') })
    .optional(),
  resume: z.boolean({ error: expected('true or false') }).optional(),
  retryFailed: z.boolean({ error: expected('true or false') }).optional(),
  rerun: z.array(z.string(), { error: expected('a list of ids') }).optional(),
  journal: z.boolean({ error: expected('true or false') }).optional(),
  durability: z.enum(DURABILITIES, { error: expected(`one of ${DURABILITIES.join(', ')}`) }).optional(),
  history: z
    .union([z.boolean(), z.string().min(1)], { error: expected('true, false or the path of a file') })
    .optional(),
  reports: z.enum(REPORT_MODES, { error: expected(`one of ${REPORT_MODES.join(', ')}`) }).optional(),
  policy: z
    .union([z.enum(POLICY_NAMES), z.custom<Policy>(isPolicy)], {
      error: ({ input }) => `${POLICIES}, got ${show(input)}${meant(input, POLICY_NAMES)}`,
    })
    .optional(),
  retries: count.optional(),
  retryDelayS: seconds.optional(),
  oomRetries: count.optional(),
  ramKillFactor: z
    .number({ error: expected('a number ≥ 1') })
    .gte(1, { error: expected('a number ≥ 1') })
    .optional(),
  enforce: z.enum(['ram'], { error: expected('ram') }).optional(),
  ignoreDeadline: z.boolean({ error: expected('true or false') }).optional(),
  graceS: seconds.optional(),
  groupStarts: count.optional(),
  probeGroups: z.boolean({ error: expected('true or false') }).optional(),
  inspect: z.boolean({ error: expected('true or false') }).optional(),
  workerRamFactor: positive.optional(),
  clock: z
    .custom<Clock>(isClock, { error: expected('a clock, with now, setTimeout and clearTimeout') })
    .optional(),
}

const schema = z.strictObject(keys, {
  error: expectedObject('an object of options'),
})

const POLICIES = `one of ${POLICY_NAMES.join(', ')} (or, in code, a policy of your own)`
const BACKENDS = `one of ${BACKEND_NAMES.join(', ')} (or, in code, a backend of your own)`

function meant(input: unknown, names: readonly string[]): string {
  const near = typeof input === 'string' ? suggest(input, names) : null
  return near === null ? '' : `: did you mean "${near}"?`
}

/** Throws an `InvalidOptionsError` that names every fault. */
export function checkOptions(options: SchedulerOptions): void {
  const { error } = schema.safeParse(options)
  if (error) throw new InvalidOptionsError(error.issues.flatMap(faultsOf))
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(key, issue.path))
  const key = issue.path.join('.') || 'the options'
  return [{ where: WHERE, message: `expected ${key} to be ${issue.message}` }]
}

const WHERE = 'createScheduler'

function unknownKey(key: string, path: readonly PropertyKey[]): Fault {
  const isCapacity = path[0] === 'capacity'
  const known = Object.keys(isCapacity ? capacity.shape : keys)
  const near = suggest(key, known)
  const what = near === null ? `there are ${known.join(', ')}` : `did you mean "${near}"?`
  return { where: WHERE, message: `unknown option ${[...path, key].join('.')}: ${what}` }
}

function expected(what: string) {
  return ({ input }: { input?: unknown }) => `${what}, got ${show(input)}`
}

/** Zod asks the same for what is no object and for an unknown key of one. */
function expectedObject(what: string) {
  return ({ code, input }: { code?: string; input?: unknown }) =>
    code === 'unrecognized_keys' ? '' : `${what}, got ${show(input)}`
}

function show(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
}

function isPolicy(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'decide' in value && typeof value.decide === 'function'
  )
}

function isClock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'now' in value && typeof value.now === 'function'
}

function isBackend(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'open' in value && typeof value.open === 'function'
}
