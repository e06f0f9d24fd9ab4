import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FAMILIES } from './families.ts'
import { generate } from './generate.ts'
import type { Instance } from './instance.ts'
import { readInstance } from './read.ts'

/** Where an instance comes from: each process reads or makes its own. */
export type Source =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'made'; readonly family: string; readonly jobs: number; readonly seed: number }

/** Instances that are made: one of each family and size for each of so many seeds. */
export interface Generated {
  readonly seeds: number
  readonly sizes: readonly number[]
}

/** The instance of a source. Throws an error that names the file where it is none. */
export function instanceOf(source: Source): Instance {
  return source.kind === 'file'
    ? readInstance(source.path)
    : generate(source.family, source.jobs, source.seed)
}

/** What it is called in a message. */
export function nameOf(source: Source): string {
  return source.kind === 'file' ? source.path : `${source.family}-${source.jobs}-${source.seed}`
}

/** The instance files of a folder, by name. Throws where the folder is not there. */
export function filesOf(folder: string): Source[] {
  const files = readdirSync(folder).filter(file => file.endsWith('.json'))
  return files.sort().map(file => ({ kind: 'file', path: join(folder, file) }))
}

/** All that is to be made, the largest first. */
export function madeOf({ seeds, sizes }: Generated): Source[] {
  return [...sizes]
    .sort((a, b) => b - a)
    .flatMap(jobs =>
      Object.keys(FAMILIES).flatMap(family =>
        Array.from({ length: seeds }, (_, i) => ({ kind: 'made', family, jobs, seed: i + 1 }) as const),
      ),
    )
}

/** A folder that was named, seen from where the command was given: npm starts scripts in the project. */
export function folderFrom(named: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), named)
}
