import { setTimeout as wait } from 'node:timers/promises'
import { type CommandStand, endingsIn } from '../../actors/command/executor.ts'
import { agentFolder } from '../../actors/record/folder.ts'
import { LongshoreError } from '../../errors.ts'
import type { MemoryLook } from '../../probe/memoryLook.ts'
import { packStart, unpackEnding } from '../agent/packing.ts'
import type { AgentHello, AgentOrder, AgentReport, NodeLimits } from '../agent/protocol.ts'
import type { BackendHost } from '../backend.ts'
import { type LineSender, lineSender } from '../lines.ts'
import type { LineConnection } from './connection.ts'
import { endedBy, type RemoteWorks, remoteExecutors } from './works.ts'

type Here = Extract<AgentReport, { type: 'here' }>

/** An agent ends what runs within moments: one that does not is left to its engine. */
const LONGEST_CLOSE_MS = 10_000

const EARLY: readonly AgentOrder['type'][] = ['hello', 'beat', 'end']

/** What a node needs of those that it is one of. */
export interface RemoteNodeParts {
  readonly name: string
  readonly host: BackendHost
  /** How an agent is greeted that finds these commands open. */
  hello(node: string, limits: NodeLimits, open: () => AgentHello['open']): Promise<AgentHello>
  /** A command has ended there: its agent keeps that until it is acknowledged. */
  kept(placementId: string): void
  /** It is silent from now on. */
  silent(why: string): void
  /** It is heard again. */
  heard(): void
}

/** A node that an agent runs on, from the scheduler's side: through more than one agent, where the first is cut off. */
export class RemoteNode {
  readonly #parts: RemoteNodeParts
  readonly #works: RemoteWorks = new Map()
  readonly #executors = remoteExecutors(this.#works, order => this.#send(order))
  /** Commands of an earlier scheduler that nobody follows yet: their output files. */
  readonly #unfollowed: Map<string, string>
  #connection: LineConnection | null = null
  #orders: LineSender<AgentOrder> | null = null
  #greeting: PromiseWithResolvers<Here> | null = null
  #heardAt = performance.now()
  #memory: MemoryLook | null = null
  #isSilent = false
  #hasJoined = false
  #isClosing = false

  constructor(parts: RemoteNodeParts) {
    this.#parts = parts
    this.#unfollowed = new Map(parts.host.open.get(parts.name))
  }

  /** Resolves when it has joined, or when it is known again what runs there. Rejects with a `LongshoreError`. */
  async connect(connection: LineConnection, limits: NodeLimits): Promise<void> {
    const { name, hello } = this.#parts
    const greeting = Promise.withResolvers<Here>()
    this.#fallSilent('another agent is started there')
    this.#greeting = greeting
    this.#connection = connection
    this.#heardAt = performance.now()
    this.#orders = lineSender(
      lines => connection.send(lines),
      waiting => this.#released(waiting),
    )
    connection.receive(line => {
      if (this.#connection === connection) this.#hear(JSON.parse(line))
    })
    connection.closed.then(why => this.#closed(connection, why))
    greeting.promise.catch(() => {})
    const greets = await hello(name, limits, () => this.#open())
    // It may have closed since, and another one may have come.
    if (this.#connection === connection) this.#send(greets)
    try {
      const here = await greeting.promise
      this.#greeting = null
      this.#joined(here)
    } finally {
      if (this.#greeting === greeting) this.#greeting = null
    }
  }

  /** Asks how it is: silent where nothing was heard for so many seconds. */
  watch(silenceS: number): void {
    if (!this.#connection) return
    this.#send({ type: 'beat' })
    const quietS = (performance.now() - this.#heardAt) / 1000
    if (quietS > silenceS) this.#fallSilent(`for ${Math.round(quietS)} s`)
  }

  /** This process did not listen for a while: that says nothing of the node. */
  excuse(): void {
    this.#heardAt = performance.now()
  }

  acknowledge(ids: readonly string[]): void {
    this.#send({ type: 'acknowledge', ids })
  }

  /** Nothing of ours runs there any more: what its launchers wrote down is told, whatever comes is not heard. */
  forget(): void {
    const { host, name } = this.#parts
    for (const [placementId, { ending }] of endingsIn(agentFolder(host.runDir, name))) {
      const { tell } = this.#works.get(placementId) ?? {}
      tell?.({ type: 'job.exited', placementId, ending: { ...ending, value: undefined } })
    }
    this.#works.clear()
    this.#disconnect()
  }

  /** Where there is no contact: its jobs are told as ended, since nobody will tell of their end. */
  giveUp(): void {
    if (!this.#isSilent) return
    const message = `nothing is heard of ${this.#parts.name}: its agent ends what runs there`
    for (const [placementId, { tell }] of [...this.#works]) {
      this.#works.delete(placementId)
      tell({ type: 'job.exited', placementId, ending: endedBy({ reason: 'lost', message }) })
    }
  }

  /** Ends the agent and what it runs. Resolves when it is gone; one without contact is not waited for. */
  async close(): Promise<void> {
    const connection = this.#connection
    this.#isClosing = true
    if (!connection) return
    this.#send({ type: 'end' })
    this.#orders?.flush()
    connection.end()
    if (!this.#isSilent)
      await Promise.race([connection.closed, wait(LONGEST_CLOSE_MS, undefined, { ref: false })])
  }

  /** Before an agent has told what it found, it is told of no job: what it started then would not be among that. */
  #send(order: AgentOrder): void {
    const isTooEarly = this.#greeting !== null && !EARLY.includes(order.type)
    if (!isTooEarly) this.#orders?.send(order)
  }

  /** Placements are in the journal before the orders leave. */
  #released(waiting: readonly AgentOrder[]): readonly AgentOrder[] {
    const { host } = this.#parts
    if (!waiting.some(({ type }) => type === 'start') || host.mayStart()) return waiting
    const withheld = waiting.flatMap(order => (order.type === 'start' ? [order.work.placement.id] : []))
    this.#withdraw(withheld)
    return waiting.filter(({ type }) => type !== 'start')
  }

  #withdraw(ids: readonly string[]): void {
    for (const id of ids) this.#works.delete(id)
    if (ids.length > 0) this.#parts.host.withdraw(ids)
  }

  /** Commands that an agent may find there. */
  #open(): Record<string, string> {
    const followed = [...this.#works].flatMap(([id, { work }]) =>
      work.job.run.kind === 'command' ? [[id, work.paths.output] as const] : [],
    )
    return Object.fromEntries([...this.#unfollowed, ...followed])
  }

  #hear(report: AgentReport): void {
    this.#heardAt = performance.now()
    if (report.type === 'here') this.#greeting?.resolve(report)
    else if (report.type === 'refused') this.#greeting?.reject(this.#fault(report.why))
    else if (report.type === 'beat') this.#beaten(report)
    else this.#hearOf(report)
    if (this.#isSilent && this.#greeting === null) this.#hearAgain()
  }

  #hearOf(report: Extract<AgentReport, { id: string }>): void {
    const { id: placementId } = report
    const work = this.#works.get(placementId)
    if (report.type === 'exited') this.#exited(report)
    else if (report.type === 'progressed') work?.tell({ ...report, type: 'job.progressed', placementId })
    else if (work && !work.isStarted) {
      work.isStarted = true
      work.tell({ type: 'job.started', placementId, at: report.at, pid: report.pid })
    }
  }

  #exited({ id, ending }: Extract<AgentReport, { type: 'exited' }>): void {
    const work = this.#works.get(id)
    this.#works.delete(id)
    this.#unfollowed.delete(id)
    if (work?.work.job.run.kind === 'command') this.#parts.kept(id)
    if (work) work.tell({ type: 'job.exited', placementId: id, ending: unpackEnding(ending) })
    else this.acknowledge([id])
  }

  #beaten({ memory, ram }: Extract<AgentReport, { type: 'beat' }>): void {
    this.#memory = memory
    for (const [id, ramGb] of ram) {
      const work = this.#works.get(id)
      if (work) work.ramGb = ramGb
    }
  }

  #joined(here: Here): void {
    const stands = new Map(here.stands.map(stand => [stand.id, stand]))
    if (this.#hasJoined) this.#goOn(stands)
    else this.#begin(here, stands)
    this.#hasJoined = true
  }

  #begin({ capacity, totalGb, fixedRam, ...here }: Here, stands: ReadonlyMap<string, CommandStand>): void {
    const { host } = this.#parts
    for (const warning of here.warnings) host.warn(`${capacity.name}: ${warning}`)
    for (const id of this.#unfollowed.keys()) if (!stands.has(id)) this.#unfollowed.delete(id)
    const look = (): MemoryLook | null => this.#memory
    host.join({ capacity, totalGb, fixedRam, executors: this.#executors, stands, look })
  }

  /** Another agent is there: commands that still run, or have ended, are followed; all else ended with the first. */
  #goOn(stands: ReadonlyMap<string, CommandStand>): void {
    const ended = [...this.#works.keys()].filter(id => !stands.has(id))
    this.#withdraw(ended)
    for (const [id, { work, isAsked }] of this.#works) {
      this.#send(packStart(work))
      // It may not have come through.
      if (isAsked !== null) this.#send({ type: isAsked, id })
    }
    this.#hearAgain()
  }

  #fallSilent(why: string): void {
    if (this.#isSilent || !this.#hasJoined || this.#isClosing) return
    this.#isSilent = true
    this.#memory = null
    this.#parts.silent(why)
  }

  #hearAgain(): void {
    if (!this.#isSilent) return
    this.#isSilent = false
    this.#parts.heard()
  }

  #closed(connection: LineConnection, why: string): void {
    if (this.#connection !== connection) return
    this.#disconnect()
    this.#greeting?.reject(this.#fault(`it ended before it was ready: ${why}`))
    this.#fallSilent(why)
  }

  #disconnect(): void {
    this.#connection?.end()
    this.#connection = null
    this.#orders = null
  }

  #fault(why: string): LongshoreError {
    return new LongshoreError(`the agent of node ${this.#parts.name} cannot work: ${why}`)
  }
}
