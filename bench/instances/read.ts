import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Instance } from './instance.ts'

const amount = z.number().nonnegative()
const makespans = z.record(z.string(), amount)
const schema = z.object({
  family: z.string(),
  lowerBoundS: amount.nullable().default(null),
  makespanS: z
    .object({ exactEstimates: makespans.default({}), givenEstimates: makespans.default({}) })
    .default({ exactEstimates: {}, givenEstimates: {} }),
  nodes: z.array(z.object({ threads: amount, ramGb: amount, gpus: amount, gpuRamGb: amount })).min(1),
  jobs: z
    .array(
      z.object({
        group: z.string(),
        threads: amount,
        ramGb: amount,
        gpus: amount,
        gpuShare: amount,
        gpuRamGb: amount,
        estimateS: z.number().positive(),
        durationS: z.number().positive(),
      }),
    )
    .min(1),
})

/**
 * The instances of a folder, by name; `null` where there is no such folder. Throws an error that names the file where
 * one of its JSON files is no instance.
 */
export function readInstances(folder: string): Instance[] | null {
  if (!existsSync(folder)) return null
  const files = readdirSync(folder).filter(file => file.endsWith('.json'))
  return files.sort().map(file => readInstance(join(folder, file)))
}

/** An instance of a file. Throws an error that names the file where it is none. */
export function readInstance(path: string): Instance {
  try {
    return { name: basename(path, '.json'), ...schema.parse(JSON.parse(readFileSync(path, 'utf8'))) }
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : error
    throw new Error(`${path} is no instance: ${why}`)
  }
}
