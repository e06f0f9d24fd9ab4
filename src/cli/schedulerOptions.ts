import type { Command } from 'commander'
import { BACKEND_NAMES } from '../backends/named.ts'
import { type Fault, InvalidOptionsError } from '../errors.ts'
import { DEFAULT_POLICY, POLICY_NAMES } from '../machines/placement/policies.ts'
import { type CapacityOptions, checkOptions, REPORT_MODES, type SchedulerOptions } from '../options.ts'
import { suggestSlip } from '../schema/suggest.ts'
import { numberOr, splitPair } from './flags.ts'

/** What the options of a run hold before they are checked. */
export interface SchedulerFlags {
  readonly backend?: string
  readonly address?: string
  readonly python?: string
  readonly maxThreads?: number | string
  readonly ramFactor?: number | string
  readonly gpuRamFactor?: number | string
  readonly capacity?: string
  readonly runDir?: string
  readonly history?: boolean
  readonly reports?: string
  readonly retries?: number | string
  readonly oomRetries?: number | string
  readonly ramKillFactor?: number | string
  readonly enforce?: string
  readonly rerun?: readonly string[]
  readonly policy?: string
  readonly probeGroups?: boolean
  readonly durability?: string
  readonly ignoreDeadline?: boolean
  readonly inspect?: boolean
}

/** What of the machine jobs may use, and who goes first: what a run and its plan have in common. */
export function addMachineOptions(command: Command): Command {
  return command
    .option('--max-threads <n>', 'use at most so many threads (default: all there are)', numberOr)
    .option('--ram-factor <f>', 'share of the free RAM to use (default: 0.9)', numberOr)
    .option('--gpu-ram-factor <f>', "share of each GPU's free RAM to use (default: 0.9)", numberOr)
    .option(
      '--capacity <list>',
      'use this instead of what is measured: threads=32,ramGb=64,gpus=2,gpuRamGb=24; other names are resources of your own: license=4',
    )
    .option(
      '--no-history',
      'neither use nor keep what runs teach of durations (longshore-runs/history.sqlite)',
    )
    .option('--policy <name>', `who goes first: ${POLICY_NAMES.join(', ')} (default: ${DEFAULT_POLICY})`)
    .option('--probe-groups', 'start two cheap jobs of each group first: the end time is right earlier')
}

export function addSchedulerOptions(command: Command): Command {
  return addMachineOptions(command.optionsGroup('How to run:'))
    .option('--backend <name>', `where the nodes come from: ${BACKEND_NAMES.join(', ')} (default: local)`)
    .option(
      '--address <host:port>',
      'with ray: the cluster to use (default: the one that runs here, else a new one)',
    )
    .option('--python <file>', 'with ray: the Python that has Ray (default: $VIRTUAL_ENV, else python3)')
    .option('--run-dir <dir>', 'folder of the run (default: longshore-runs/DATE)')
    .option(
      '--rerun <ids>',
      'of a run that is gone on with, run these jobs again, whatever became of them: ids, with commas between',
      (ids: string, before: readonly string[] = []) => [...before, ...ids.split(',').filter(Boolean)],
    )
    .option('--reports <mode>', `${REPORT_MODES.join(', ')} (default: live on a terminal, else plain)`)
    .option(
      '--retries <n>',
      'run a job that fails so often again, where it does not say itself (default: 0)',
      numberOr,
    )
    .option(
      '--oom-retries <n>',
      'run a job that ran out of memory so often again, with more of it (default: 3)',
      numberOr,
    )
    .option(
      '--ram-kill-factor <f>',
      'end a job that holds more than so many times the RAM reserved for it (default: never)',
      numberOr,
    )
    .option(
      '--enforce <what>',
      'ram: no command gets more RAM than was reserved for it, by a cgroup of its own (default: it is watched)',
    )
    .option(
      '--durability <mode>',
      'default: what is recorded survives the end of any process; full: each outcome is on the disk before it is told',
    )
    .option(
      '--ignore-deadline',
      'start jobs that are not expected to end before the allocation does (default: they wait for the next one)',
    )
    .option('--inspect', 'show every actor in the Stately inspector')
}

/** The options in the words of the API. Throws an `InvalidOptionsError` that names every fault. */
export function schedulerOptionsOf(flags: SchedulerFlags): SchedulerOptions {
  const {
    backend,
    address,
    python,
    maxThreads,
    ramFactor,
    gpuRamFactor,
    capacity,
    runDir,
    history,
    reports = 'live',
    retries,
    oomRetries,
    ramKillFactor,
    enforce,
    rerun,
    policy,
    probeGroups,
    durability,
    ignoreDeadline,
    inspect,
  } = flags
  const given = {
    backend,
    address,
    python,
    maxThreads,
    ramFactor,
    gpuRamFactor,
    runDir,
    history,
    reports,
    retries,
    oomRetries,
    ramKillFactor,
    enforce,
    rerun,
    policy,
    probeGroups,
    durability,
    ignoreDeadline,
    inspect,
  }
  const options: Record<string, unknown> = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  )
  if (capacity !== undefined) options['capacity'] = capacityOf(capacity)
  assertOptions(options)
  return options
}

/** Says to the compiler what the check of the API has found out. */
function assertOptions(
  options: Record<string, unknown>,
): asserts options is SchedulerOptions & Record<string, unknown> {
  checkOptions(options as SchedulerOptions)
}

const MEASURED = ['threads', 'ramGb', 'gpus', 'gpuRamGb']

function capacityOf(list: string): CapacityOptions {
  return amountsOf('--capacity', list, MEASURED)
}

/**
 * Amounts of a machine: `threads=32,license=4`. What is none of the known names is a resource of the user's own. Throws
 * an `InvalidOptionsError`.
 */
export function amountsOf(flag: string, list: string, names: readonly string[]): CapacityOptions {
  const capacity: Record<string, unknown> = {}
  const resources: Record<string, unknown> = {}
  const faults: Fault[] = []
  for (const part of list.split(',')) {
    const [name, value] = splitPair(part) ?? []
    const isTwice = name !== undefined && [capacity, resources].some(those => Object.hasOwn(those, name))
    const message = isTwice ? `expected ${name} once, got it twice` : faultIn(part, name, names)
    if (message !== null) faults.push({ where: flag, message })
    else if (name !== undefined) (names.includes(name) ? capacity : resources)[name] = numberOr(value ?? '')
  }
  if (faults.length > 0) throw new InvalidOptionsError(faults)
  return { ...capacity, ...(Object.keys(resources).length > 0 && { resources }) } as CapacityOptions
}

function faultIn(part: string, name: string | undefined, names: readonly string[]): string | null {
  return name === undefined ? `expected name=amount, got "${part}"` : misspelt(name, names)
}

/** Any name may be that of a resource; one that is nearly that of a measured thing is not meant as one. */
function misspelt(name: string, names: readonly string[]): string | null {
  const near = names.includes(name) ? null : suggestSlip(name, names)
  return near === null ? null : `unknown "${name}": did you mean "${near}"?`
}
