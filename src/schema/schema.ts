import * as z from 'zod'
import type { InlineFunction } from '../job.ts'

// The operating system ends a text at its first NUL, so none may be in what is handed to it.
const text = z.string().regex(/^[^\0]+$/)
const anyText = z.string().regex(/^[^\0]*$/)
const label = z.union([text, z.number()])
const id = z.union([z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/), z.int().min(0)])
const above0 = z.number().gt(0)
const from0 = z.number().min(0)
const wholeFrom0 = z.int().min(0)

const words = z.tuple([text], z.union([anyText, z.number()]))
const command = z.union([z.string().regex(/^[^\0]*[^\0\s][^\0]*$/), words])
const url = z.union([text, z.instanceof(URL)])
const fn = z.custom<InlineFunction>(value => typeof value === 'function')

const keys = {
  id: id.nullish(),
  name: label.nullish(),
  group: label.nullish(),
  command: command.nullish(),
  task: text.nullish(),
  args: z.unknown().optional(),
  timeS: above0.nullish(),
  threads: above0.nullish(),
  ramGb: from0.nullish(),
  gpus: wholeFrom0.nullish(),
  gpuShare: above0.max(1).nullish(),
  gpuRamGb: from0.nullish(),
  physicalCores: wholeFrom0.nullish(),
  resources: z.record(text, above0).nullish(),
  priority: z.int().nullish(),
  retries: wholeFrom0.nullish(),
  timeoutS: above0.nullish(),
  env: z.record(z.string().regex(/^[^\0=]+$/), z.union([anyText, z.number()])).nullish(),
  cwd: text.nullish(),
}

const run = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('command'), command }),
  z.strictObject({ kind: z.literal('task'), module: text, args: z.unknown().optional() }),
  z.strictObject({ kind: z.literal('inline'), fn }),
])

/** A job in JSONL, CSV, YAML or JSON. */
export const dataSchema = z.strictObject(keys)

/** A job in code: besides, `run` and `inline`, and a URL as `task`. */
export const codeSchema = z.strictObject({
  ...keys,
  task: url.nullish(),
  run: run.nullish(),
  inline: fn.nullish(),
})

/** A job whose every key is well-formed by itself. */
export type CheckedSpec = z.output<typeof codeSchema>

/** What each key must be, as it stands in "expected KEY to be …". */
export const EXPECTED: Readonly<Record<keyof CheckedSpec, string>> = {
  id: 'a text of letters, digits, ".", "_" and "-", at most 100, not starting with "." or "-"',
  name: 'a text that is not empty',
  group: 'a text that is not empty',
  command: 'a text, or a list of texts that starts with a program',
  task: 'the path or URL of a module',
  args: 'any value',
  timeS: 'a number > 0 (seconds)',
  threads: 'a number > 0',
  ramGb: 'a number ≥ 0 (GiB)',
  gpus: 'a whole number ≥ 0',
  gpuShare: 'a number > 0 and ≤ 1',
  gpuRamGb: 'a number ≥ 0 (GiB)',
  physicalCores: 'a whole number ≥ 0',
  resources: 'names with a number > 0 each',
  priority: 'a whole number',
  retries: 'a whole number ≥ 0',
  timeoutS: 'a number > 0 (seconds)',
  env: 'names with a text each',
  cwd: 'the path of a folder',
  run: 'what command(…), task(…) or inline(…) returns',
  inline: 'a function',
}

/** What must stand inside of a key that holds several values. */
export const EXPECTED_INSIDE: Readonly<Partial<Record<string, string>>> = {
  command: 'a text',
  resources: 'a number > 0',
  env: 'a text',
}
