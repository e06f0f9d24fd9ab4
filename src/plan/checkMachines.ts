import { z } from 'zod'
import { type Fault, InvalidOptionsError } from '../errors.ts'
import type { MachineOptions } from './plan.ts'

const positive = z.number().positive()
const schema = z.strictObject({
  nodes: z.int().positive().optional(),
  threads: positive.optional(),
  ramGb: positive.optional(),
  gpus: z.int().nonnegative().optional(),
  gpuRamGb: positive.optional(),
  resources: z.record(z.string(), positive).optional(),
})

const EXPECTED: Readonly<Record<string, string>> = { nodes: 'a whole number > 0', gpus: 'a whole number ≥ 0' }

/** Throws an `InvalidOptionsError` that names every fault of the machines. */
export function checkMachines(machines: readonly MachineOptions[]): void {
  const faults = machines.flatMap((machine, index) => faultsOf(machine, index))
  if (faults.length > 0) throw new InvalidOptionsError(faults)
}

function faultsOf(machine: MachineOptions, index: number): Fault[] {
  const where = `machines[${index}]`
  const { error } = schema.safeParse(machine)
  return (error?.issues ?? []).map(issue => {
    if (issue.code === 'unrecognized_keys')
      return {
        where,
        message: `unknown ${issue.keys.join(', ')}; there are ${Object.keys(schema.shape).join(', ')}`,
      }
    const key = String(issue.path[0] ?? '')
    const got = issue.path.reduce<unknown>(
      (part, step) => (part as Record<PropertyKey, unknown>)?.[step],
      machine,
    )
    return {
      where,
      message: `expected ${issue.path.join('.')} to be ${EXPECTED[key] ?? 'a number > 0'}, got ${JSON.stringify(got)}`,
    }
  })
}
