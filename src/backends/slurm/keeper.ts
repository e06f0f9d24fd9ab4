import type { LineConnection } from '../remote/connection.ts'
import { type Knowledge, type Verdict, verdictOn } from './verdict.ts'
import type { View } from './view.ts'

/** A step of SLURM that carries the lines of an agent. */
export interface Step {
  readonly connection: LineConnection
  /** Ends the client of SLURM at once; the connection then closes. */
  cut(): void
}

/** What the keeper of a node needs from outside. */
export interface KeeperPorts {
  readonly node: string
  /** Seconds without a word after which an agent ends itself and all that it runs. */
  readonly leaseS: number
  start(): Step
  /** Resolves when the agent has joined, rejects with why it cannot. */
  connect(step: Step): Promise<void>
  /** `null` where SLURM does not answer. */
  look(): Promise<View | null>
  /** Nothing new is placed there. */
  leave(why: string): void
  /** It will be lost: what may run there has to end, however alone it is. */
  fence(): void
  /** Nothing of ours runs there any more. */
  lost(why: string): void
  warn(message: string): void
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after so many seconds, or when everything ends. */
  pause(seconds: number): Promise<void>
}

const LONGEST_PAUSE_S = 10

/** An agent looks at its lease each second, and launchers that are alone look for a fence; then they kill what they run. */
export const ENDING_S = 2

/**
 * Keeps an agent on a node as long as SLURM gives us the node: starts one, starts another when it has gone, and gives
 * the node up when SLURM does. It asks SLURM only when something is wrong.
 */
export class NodeKeeper {
  readonly #ports: KeeperPorts
  readonly #first = Promise.withResolvers<string | null>()
  readonly #settled = Promise.withResolvers<void>()
  #step: Step | null = null
  #agent: Knowledge['agent'] = 'closed'
  #unheardSince: number
  /** When what may run there was told to end; `null` where it was not. */
  #fencedAt: number | null = null
  #isStopped = false
  #isWatched = false

  constructor(ports: KeeperPorts) {
    this.#ports = ports
    this.#unheardSince = ports.now()
  }

  /** Resolves when the first agent has joined (`null`) or has not (why), or the node was given up. */
  get first(): Promise<string | null> {
    return this.#first.promise
  }

  /** Resolves when the first agent has joined, or nothing of ours runs there for certain. */
  get settled(): Promise<void> {
    return this.#settled.promise
  }

  /** Goes on until the node is given up, or the keeper stopped. Never rejects. */
  async run(): Promise<void> {
    for (let failures = 0; !this.#isStopped; failures++) {
      const why = await this.#serve()
      this.#first.resolve(why)
      if (this.#isStopped) return
      if (why === null) failures = 0
      else if (failures === 0) this.#ports.warn(`${this.#ports.node}: ${why}`)
      if ((await this.#judge()) === 'lost') return
      await this.#ports.pause(pauseS(failures))
    }
  }

  /** The agent has been silent for too long: from now on SLURM is asked, until it speaks again or is gone. */
  silent(): void {
    if (this.#agent !== 'heard') return
    this.#agent = 'silent'
    this.#unheardSince = this.#ports.now()
    void this.#watch()
  }

  heard(): void {
    if (this.#agent === 'silent') this.#agent = 'heard'
  }

  /** SLURM was asked about all nodes. */
  note(view: View): void {
    this.#obey(this.#verdict(view), view)
  }

  /** No further agent is started; the present one is ended by whoever speaks to it. */
  stop(): void {
    this.#isStopped = true
    this.#first.resolve('stopped')
    this.#settled.resolve()
  }

  /** Ends the client of SLURM, if there is one. */
  cut(): void {
    this.#step?.cut()
  }

  /** One agent, from its start to its end. `null` where it worked, else why it did not. */
  async #serve(): Promise<string | null> {
    const { start, connect, now } = this.#ports
    const step = start()
    this.#step = step
    const failure = await connect(step).then(
      () => null,
      error => (error instanceof Error ? error.message : String(error)),
    )
    if (failure === null) {
      this.#agent = 'heard'
      this.#fencedAt = null
      this.#first.resolve(null)
      this.#settled.resolve()
    } else step.cut()
    await step.connection.closed
    if (this.#agent === 'heard') this.#unheardSince = now()
    this.#agent = 'closed'
    this.#step = null
    return failure
  }

  /** Asks SLURM, again and again, until it is clear what becomes of the node. */
  async #judge(): Promise<'again' | 'lost'> {
    for (let asked = 0; ; asked++) {
      const view = await this.#ports.look()
      const verdict = view ? this.#verdict(view) : 'wait'
      if (this.#isStopped) return 'lost'
      if (verdict === 'again') return 'again'
      if (verdict === 'fence') this.#fence()
      if (verdict === 'lost' && view) {
        this.#ports.lost(reasonOf(this.#ports.node, view))
        this.#settled.resolve()
        return 'lost'
      }
      await this.#ports.pause(Math.min(pauseS(asked), this.#leaseLeftS || LONGEST_PAUSE_S))
    }
  }

  async #watch(): Promise<void> {
    if (this.#isWatched) return
    this.#isWatched = true
    for (let asked = 0; this.#agent === 'silent' && !this.#isStopped; asked++) {
      const view = await this.#ports.look()
      if (view && this.#agent === 'silent') this.note(view)
      await this.#ports.pause(pauseS(asked))
    }
    this.#isWatched = false
  }

  #fence(): void {
    if (this.#fencedAt !== null) return
    this.#fencedAt = this.#ports.now()
    this.#ports.fence()
  }

  /** Until an agent that lives must have ended itself, and what it has left must have seen the fence; 0 from then on. */
  get #leaseLeftS(): number {
    const { leaseS, now } = this.#ports
    const since = Math.max(this.#unheardSince, this.#fencedAt ?? now())
    return Math.max(0, leaseS + ENDING_S - (now() - since) / 1000)
  }

  #verdict({ shares, nodes }: View): Verdict {
    const { node } = this.#ports
    return verdictOn({
      standing: nodes.get(node)?.standing ?? null,
      isOurs: shares.has(node),
      agent: this.#agent,
      isSilentForLong: this.#ports.now() - this.#unheardSince > (this.#ports.leaseS + ENDING_S) * 1000,
      isLeaseOver: this.#leaseLeftS === 0,
    })
  }

  #obey(verdict: Verdict, view: View): void {
    if (verdict === 'leave') this.#ports.leave(reasonOf(this.#ports.node, view))
    else if (verdict === 'fence') this.#fence()
    // A client may wait for a node that will not come back.
    else if (verdict === 'cut' || verdict === 'lost') this.#step?.cut()
  }
}

/** 0.5 s, doubled each time. */
function pauseS(times: number): number {
  return Math.min(LONGEST_PAUSE_S, 0.5 * 2 ** times)
}

/** Why a node is given up, for people. */
function reasonOf(name: string, { allocation, shares, nodes }: View): string {
  const node = nodes.get(name)
  if (node?.standing === 'down') {
    const why = node.reason === null ? '' : `: ${node.reason}`
    return `SLURM has given it up (${node.state}${why})`
  }
  if (shares.has(name)) return 'SLURM has given it up'
  if (allocation === null || shares.size === 0) return 'the allocation has ended'
  return `it is no longer in allocation ${allocation.jobId}`
}
