import type { Fault } from '../errors.ts'
import type { Where } from '../schema/index.ts'

/** Where a job stands in its file: the number of its line, from 1, which takes no memory; or whatever else names it. */
export type Place = number | Where

/** What a reader of a format finds: a job that is not checked yet, or a fault in its place. */
export type Entry = { readonly raw: unknown; readonly where: Place } | { readonly fault: Fault }

/** The same for people: `jobs.jsonl:12`. */
export function whereIs(place: Place, { shown }: Source): Where {
  return typeof place === 'number' ? `${shown}:${place}` : place
}

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
