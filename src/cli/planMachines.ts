import type { MachineOptions } from '../plan/plan.ts'
import type { RequestFlags } from './requestOptions.ts'
import { amountsOf } from './schedulerOptions.ts'

const NAMES = ['nodes', 'threads', 'ramGb', 'gpus', 'gpuRamGb']

/** Options that say what one job asks for where a command stands behind `--`, and what a machine has where none does. */
const EITHER = ['threads', 'ramGb', 'gpus', 'gpuRamGb'] as const

/** The machines of `--machine`, each given. Throws an `InvalidOptionsError`. */
export function machinesOf(lists: readonly string[] = []): MachineOptions[] {
  return lists.map(list => amountsOf('--machine', list, NAMES))
}

/** `--threads 64 --gpus 8` as a machine, and the flags without them; no machine where none of them is given. */
export function machineOfFlags<Flags extends RequestFlags>(
  flags: Flags,
): { readonly machine: MachineOptions | null; readonly others: Flags } {
  const given = EITHER.filter(key => flags[key] !== undefined)
  const own = flags.resource
  if (given.length === 0 && own === undefined) return { machine: null, others: flags }
  const list = [...given.map(key => `${key}=${flags[key]}`), ...(own ?? [])].join(',')
  const others = { ...flags }
  for (const key of [...EITHER, 'resource'] as const) delete others[key]
  return { machine: amountsOf('--machine', list, NAMES), others }
}
