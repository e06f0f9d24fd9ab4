import { BigMap } from '../../bigMap.ts'
import type { PendingJob } from '../placement/queue.ts'
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

  /** The same by the job as it waits, mostly without a search: its number is its position. */
  of({ seq, job: { id } }: Pick<PendingJob, 'seq' | 'job'>): JobRecord | undefined {
    return this.#ids[seq] === id ? this.#records[seq] : this.get(id)
  }

  /** Where a new job stands: behind all others. `false`, and nothing is changed, where its id is known. */
  add(record: JobRecord): boolean {
    const { id } = pendingOf(record).job
    if (!this.#positions.add(id, this.#ids.length)) return false
    this.#ids.push(id)
    this.#records.push(record)
    return true
  }

  /** Where a job that is here stands from now on. */
  move(record: JobRecord): void {
    const { seq, job } = pendingOf(record)
    if (this.#ids[seq] !== job.id) throw new RangeError(`job ${job.id} does not stand at position ${seq}`)
    this.#records[seq] = record
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

function pendingOf(record: JobRecord): PendingJob {
  return record.at === 'place' ? record.live.pending : record.pending
}
