import { unpackOutcome } from '../../../src/actors/journal/outcomes.ts'
import { readRun, rowsOf } from '../../../src/actors/journal/read.ts'
import { openDatabase } from '../../../src/actors/sqlite.ts'
import type { Outcome } from '../../../src/job.ts'
import { SimulatedClock } from '../../../src/simulator/clock.ts'
import { buildNode, checkInvariants } from '../../../src/testing/index.ts'
import { Laws } from './laws.ts'
import { Life } from './life.ts'
import { Machine } from './machine.ts'
import { Mortal } from './mortal.ts'
import type { Scenario } from './plan.ts'

const AWAY_S = 7
/** So many moments a run may have: what goes on longer goes on for ever. */
const MOST_MOMENTS = 100_000

/** A machine with its disk, on which one scheduler after the other dies, until a run is done. */
export class World {
  readonly #scenario: Scenario
  readonly #clock = new SimulatedClock(1_700_000_000_000)
  readonly #db = openDatabase(':memory:')
  readonly #node = buildNode({ name: 'here', threads: 3, ramGb: 64 })
  readonly #laws: Laws
  readonly #machine: Machine
  #mortal = new Mortal(1, () => {})
  #life: Life | null = null
  #wanted: string[] = []

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#laws = new Laws(scenario, this.#node, this.#clock)
    this.#machine = new Machine(this.#clock, this.#laws)
  }

  /** Plays the scenario to its end, and throws where anything of what was promised does not hold. Returns how much the last scheduler did. */
  play(): number {
    this.#schedule()
    for (const lastPoint of [...this.#scenario.crashes, Number.POSITIVE_INFINITY]) {
      this.#begin(lastPoint)
      this.#live()
      if (!this.#mortal.isDead) break
      this.#clock.advance(this.#scenario.outageS * 1000)
    }
    this.#checkEnd()
    return this.#mortal.points
  }

  #begin(lastPoint: number): void {
    this.#mortal = new Mortal(lastPoint, () => this.#die())
    this.#life = null
    const { scenario, clock, mortal, db, machine, node, laws } = {
      ...{ scenario: this.#scenario, clock: this.#clock, mortal: this.#mortal, db: this.#db },
      ...{ machine: this.#machine, node: this.#node, laws: this.#laws },
    }
    try {
      this.#life = new Life({ scenario, clock, mortal, db, machine, node, laws })
    } catch (error) {
      if (!mortal.isDead) throw error
    }
    this.#cancelWanted()
  }

  /** What is not committed is undone when the file is opened again. */
  #die(): void {
    this.#machine.disconnect()
    if (this.#db.isTransaction) this.#db.exec('rollback')
  }

  #live(): void {
    for (let moments = 0; !this.#mortal.isDead && this.#clock.step(); moments++) {
      if (moments > MOST_MOMENTS) fail('it goes on for ever')
      if (this.#life && !this.#mortal.isDead) checkInvariants(this.#life.system)
      this.#checkLaws()
    }
  }

  #schedule(): void {
    const { jobs, launcherDeathsS, nodeLossesS, evictionsS } = this.#scenario
    const at = (seconds: number, fn: () => void) => this.#clock.setTimeout(fn, seconds * 1000)
    for (const seconds of launcherDeathsS) at(seconds, () => this.#machine.killLauncher())
    for (const seconds of evictionsS) at(seconds, () => this.#mortal.isDead || this.#life?.evict())
    for (const seconds of nodeLossesS) at(seconds, () => this.#loseNode())
    for (const { id, cancelAtS } of jobs)
      if (cancelAtS !== null)
        at(cancelAtS, () => {
          this.#wanted.push(id)
          this.#cancelWanted()
        })
  }

  /** Whoever wants a job to end says so until it is heard. */
  #cancelWanted(): void {
    if (this.#wanted.length === 0 || this.#mortal.isDead) return
    this.#life?.cancel(this.#wanted)
    if (!this.#mortal.isDead) this.#wanted = []
  }

  #loseNode(): void {
    this.#machine.lose()
    const life = this.#life
    if (!life || this.#mortal.isDead) return
    life.loseNode(this.#node.name)
    const mortal = this.#mortal
    this.#clock.setTimeout(() => mortal.isDead || life.join(this.#node), AWAY_S * 1000)
  }

  #checkEnd(): void {
    const { nodes, live, queue, retrying } = this.#life?.system.state() ?? fail('no scheduler was left')
    if (live.size + queue.size + retrying.size > 0) fail('the run came to rest before its jobs had ended')
    for (const { ledger } of nodes.values())
      if (ledger.getSnapshot().context.reservations.size > 0) fail('something is still reserved')
    if (this.#machine.running.length > 0) fail('a process was left behind')
    if (this.#machine.kept.length > 0) fail(`launchers still keep ${this.#machine.kept.join(', ')}`)
    this.#checkJournal()
  }

  #checkLaws(): void {
    const { broken } = this.#laws
    if (broken.length > 0) fail(broken.join('\n'))
  }

  #checkJournal(): void {
    const { jobs, unreadable } = readRun(rowsOf(this.#db))
    if (unreadable.length > 0) fail(unreadable.join('\n'))
    const ids = jobs.map(({ job }) => job.id).sort()
    const added = this.#scenario.jobs.map(({ id }) => id).sort()
    if (ids.join() !== added.join()) fail(`the journal has jobs ${ids.join(', ')}`)
    const rows = this.#db.prepare('select job, status, rest from outcomes order by seq').all()
    for (const { job } of jobs) {
      const outcomes = rows.flatMap((row): Outcome[] =>
        row['job'] === job.id
          ? [unpackOutcome(job, row['status'] as Outcome['status'], String(row['rest']))]
          : [],
      )
      this.#laws.checkEnd(job.id, outcomes)
    }
    this.#checkLaws()
  }
}

/** What was promised does not hold. */
function fail(why: string): never {
  throw new Error(why)
}

/** Plays a scenario. Throws where what was promised does not hold; returns how much its last scheduler did. */
export function play(scenario: Scenario): number {
  return new World(scenario).play()
}
