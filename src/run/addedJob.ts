import type { SnapshotFrom } from 'xstate'
import type { Outcomes } from '../actors/record/outcomes.ts'
import type { Outcome } from '../job.ts'
import type { jobMachine } from '../machines/job.ts'
import type { Admitted } from '../machines/scheduler/admit.ts'
import { snapshotOf } from '../machines/scheduler/answers.ts'
import type { JobRecord } from '../machines/scheduler/state.ts'
import type { JobHandle } from '../scheduler.ts'
import type { System } from '../system.ts'

/** What the handles of all jobs of a run look things up in. */
export interface AddedTo {
  readonly system: System
  readonly outcomes: Outcomes
}

/** A job that was added, as its user follows it: small, since there may be a million of them. */
export class AddedJob implements JobHandle {
  readonly id: string
  readonly name: string
  readonly #to: AddedTo
  readonly #admitted: Admitted

  constructor(admitted: Admitted, to: AddedTo) {
    this.id = admitted.job.id
    this.name = admitted.job.name
    this.#to = to
    this.#admitted = admitted
  }

  get outcome(): Promise<Outcome> {
    const record = this.#record()
    return record.at === 'end' ? Promise.resolve(record.outcome) : this.#to.outcomes.of(this.id)
  }

  getSnapshot(): SnapshotFrom<typeof jobMachine> {
    return snapshotOf(this.#record(), this.#to.system.state().desk)
  }

  /** What is added while something happens (from within an inline job, say) joins the queue right after that. */
  #record(): JobRecord {
    const added = () => ({ at: 'queue', pending: { ...this.#admitted, seq: 0, attempts: 0 } }) as const
    return this.#to.system.state().jobs.get(this.id) ?? added()
  }
}
