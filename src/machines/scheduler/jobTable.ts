import { BigMap } from '../../bigMap.ts'
import type { JobRecord } from './state.ts'

/** The records of all jobs of a run by id, in the order in which they were added. None is ever taken out. */
export class JobTable {
  readonly #ids: string[] = []
  readonly #records: JobRecord[] = []
  readonly #positions = new BigMap<number>()

  get size(): number {
    return this.#ids.length
  }

  has(id: string): boolean {
    return this.#positions.has(id)
  }

  get(id: string): JobRecord | undefined {
    const position = this.#positions.get(id)
    return position === undefined ? undefined : this.#records[position]
  }

  /** Where a job stands from now on; one that is new stands behind all others. */
  set(id: string, record: JobRecord): void {
    const position = this.#positions.get(id)
    if (position !== undefined) {
      this.#records[position] = record
      return
    }
    this.#positions.set(id, this.#ids.length)
    this.#ids.push(id)
    this.#records.push(record)
  }

  keys(): Iterable<string> {
    return this.#ids.values()
  }

  values(): Iterable<JobRecord> {
    return this.#records.values()
  }

  *[Symbol.iterator](): Generator<[id: string, record: JobRecord]> {
    for (const [position, id] of this.#ids.entries()) {
      const record = this.#records[position]
      if (record) yield [id, record]
    }
  }
}
