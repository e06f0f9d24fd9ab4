import { type Fault, InvalidJobsError } from '../errors.ts'

/** After so many faults a file is not read any further: it is not what it was taken for. */
const MOST_FAULTS = 100_000

/** The faults of job files. The same fault in the same place is told once, however many jobs come of that place. */
export class FaultList {
  readonly #faults: Fault[] = []
  readonly #told = new Set<string>()

  get count(): number {
    return this.#faults.length
  }

  get isFull(): boolean {
    return this.#faults.length >= MOST_FAULTS
  }

  add(fault: Fault): void {
    const told = `${fault.where}\0${fault.message}`
    if (this.#told.has(told)) return
    this.#told.add(told)
    this.#faults.push(fault)
  }

  /** Throws `InvalidJobsError` with all faults, if there are any. */
  throwIfAny(): void {
    if (this.#faults.length > 0) throw new InvalidJobsError(this.#faults)
  }
}
