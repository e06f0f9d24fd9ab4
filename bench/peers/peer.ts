/** How one run of a peer went, in seconds. */
export interface Trial {
  /** Until it could take jobs: imports, servers, workers. `null` where that cannot be told from the work. */
  readonly startS: number | null
  /** From handing over the first job to the end of the last one. */
  readonly workS: number
}

/** Runs so many jobs on two slots; `folder` is for what it has to write. */
export type Contest = (count: number, folder: string) => Promise<Trial>

/** Another program that runs many jobs, as its own manual says that it is used. */
export interface Peer {
  readonly name: string
  /** Its version; `null` where it is not installed. */
  version(): string | null
  /** Runs `/bin/true` so many times. */
  readonly commands?: Contest
  /** Calls a function that does nothing so many times, in two workers. */
  readonly tasks?: Contest
}
