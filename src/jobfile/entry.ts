import type { Fault } from '../errors.ts'
import type { Where } from '../schema/index.ts'

/** What a reader of a format finds: a job that is not checked yet, or a fault in its place. */
export type Entry = { readonly raw: unknown; readonly where: Where } | { readonly fault: Fault }

/** Ends the reading of a file: what is wrong with it cannot be read past. */
export class BrokenFile extends Error {
  readonly fault: Fault
  constructor(where: string, message: string) {
    super(message)
    this.fault = { where, message }
  }
}

/** A file of jobs, and how it is called in messages. */
export interface Source {
  /** As the user wrote it; `stdin` for `-`. */
  readonly shown: string
  /** Absolute path; `null` for standard input. */
  readonly path: string | null
}
