import { createHash, randomUUID } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { agentCommand } from '../agent/command.ts'
import type { Backend, BackendHost } from '../backend.ts'
import { RemoteNodes } from '../remote/nodes.ts'
import { followEnd } from '../slurm/end.ts'
import { type Bridge, faultOf, pythonOf, startBridge } from './bridge.ts'
import { createLink, type Link } from './link.ts'
import type { BridgeReport } from './protocol.ts'

/** Ray declares a node dead some 14 s after its last word: by then whatever ran there has ended itself. */
const LEASE_S = 10
/** A bridge that dies within this time of its start would do so again. */
const SOON_MS = 10_000
const RETRY_MS = 1000
const LONGEST_RETRY_MS = 30_000
const LOOK_MS = 50
/** So soon what runs without a scheduler has seen that it was given up, and has ended. */
const FENCE_MS = 3000
const LONGEST_SETTLING_MS = 30_000

type NodeReport = Extract<BridgeReport, { type: 'node' }>

/** How long is waited for a node: see `RemoteNodesOptions`. */
export interface RaySettings {
  readonly silenceS?: number
}

/** The nodes of a Ray cluster: one that runs, or one that is started for the run. */
export function createRayBackend(settings: RaySettings = {}): Backend {
  let cluster: RayCluster | null = null
  return {
    name: 'ray',
    runsInline: false,
    async open(host) {
      cluster = new RayCluster(host, settings)
      await cluster.open()
    },
    acknowledge: placementIds => cluster?.nodes.acknowledge(placementIds),
    giveUp: async () => cluster?.nodes.giveUp(),
    close: async () => cluster?.close(),
  }
}

/** The bridge to a cluster, which is replaced when it dies, and the agents beyond it. */
class RayCluster {
  readonly nodes: RemoteNodes
  readonly #host: BackendHost
  readonly #run: string
  readonly #opened = Promise.withResolvers<void>()
  readonly #joining = new Set<Promise<void>>()
  /** Ray's ids of the nodes that were told, by their names. */
  readonly #known = new Map<string, NodeReport>()
  readonly #links = new Map<string, Link>()
  #bridge: Bridge | null = null
  #startedAt = 0
  /** Bridges that have ended since one was connected. */
  #failures = 0
  readonly #joined = new Set<string>()
  readonly #refusals = new Set<string>()
  /** What held these has died, and is about to be replaced. */
  readonly #unheld = new Set<string>()
  #stopFollowing = (): void => {}
  #isOpen = false
  #isClosing = false
  #fault: string | null = null

  constructor(host: BackendHost, settings: RaySettings) {
    this.#host = host
    this.#run = createHash('sha1').update(realpathSync(host.runDir)).digest('hex').slice(0, 12)
    this.nodes = new RemoteNodes(host, { ...settings, leaseS: LEASE_S, atEnd: 'end' })
  }

  async open(): Promise<void> {
    this.#startBridge()
    await Promise.all([this.#followEnd(), this.#opened.promise])
  }

  async #followEnd(): Promise<void> {
    const stop = await followEnd(this.#host)
    if (this.#isClosing) stop()
    else this.#stopFollowing = stop
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#stopFollowing()
    await this.nodes.close()
    this.#bridge?.send({ type: 'end' })
    await this.#bridge?.gone
  }

  #startBridge(): void {
    const { address, python } = this.#host.options
    this.#startedAt = performance.now()
    const bridge = startBridge(pythonOf(python), {
      report: report => this.#hear(report),
      gone: why => this.#bridgeGone(why),
    })
    this.#bridge = bridge
    const known = Object.fromEntries([...this.#known].map(([name, { id }]) => [name, id]))
    bridge.send({ type: 'open', address: address ?? null, run: this.#run, known })
  }

  /** Agents and their commands go on without it: another one carries on where it stopped. */
  #bridgeGone(why: string): void {
    if (this.#isClosing) return
    if (!this.#isOpen) {
      this.#isClosing = true
      this.#stopFollowing()
      this.#opened.reject(faultOf(this.#fault ?? `the bridge to Ray has ended: ${why}`))
      return
    }
    for (const link of this.#links.values()) link.waitForBridge()
    if (this.#failures === 0)
      this.#host.warn(`the bridge to Ray has ended (${this.#fault ?? why}): another one is started`)
    else if (this.#failures === 1)
      this.#host.warn(`no other bridge to Ray can be had (${this.#fault ?? why}): tried again until one can`)
    const wait = performance.now() - this.#startedAt < SOON_MS ? RETRY_MS * 2 ** this.#failures : 0
    this.#failures += 1
    setTimeout(() => this.#isClosing || this.#startBridge(), Math.min(LONGEST_RETRY_MS, wait))
  }

  #hear(report: BridgeReport): void {
    if (report.type === 'connected') this.#connected(report.started)
    else if (report.type === 'node') this.#held(report)
    else if (report.type === 'ready') void this.#ready(report)
    else if (report.type === 'dead') this.#dead(report.node, report.why)
    else if (report.type === 'closed') this.#closed(report)
    else if (report.type === 'said') this.#linkOf(report.link)?.said(report.lines)
    else if (report.type === 'received') this.#linkOf(report.link)?.received(report.count)
    else this.#fault = report.message
  }

  #connected(isOwn: boolean): void {
    this.#failures = 0
    this.#fault = null
    if (isOwn) this.#host.warn('no Ray cluster runs here: one of this machine alone was started for this run')
  }

  #linkOf(id: string): Link | undefined {
    return this.#links.values().find(link => link.id === id)
  }

  #held(report: NodeReport): void {
    this.#known.set(report.node, report)
    this.#unheld.delete(report.node)
    const link = this.#links.get(report.node)
    if (link) link.goOn()
    else this.#connect(report)
  }

  /** Starts an agent on a node. */
  #connect({ node, cpus, gpus }: NodeReport): void {
    const link = createLink(node, randomUUID(), order => this.#bridge?.send(order))
    this.#links.set(node, link)
    link.start(agentCommand())
    const limits = { threads: cpus, gpus: gpus.map(id => ({ id })) }
    const joining = this.nodes
      .connect({ node, connection: link.connection, limits })
      .then(() => void this.#joined.add(node))
      .catch((error: Error) => this.#refused(node, error.message))
      .finally(() => this.#joining.delete(joining))
    this.#joining.add(joining)
  }

  #refused(node: string, why: string): void {
    if (this.#unheld.has(node)) return
    this.#fault ??= why
    this.#refusals.add(node)
    if (this.#isOpen && !this.#isClosing) this.#host.warn(`${node} is not used: ${why}`)
  }

  async #ready({ busy, pending }: Extract<BridgeReport, { type: 'ready' }>): Promise<void> {
    if (this.#isOpen) return
    await this.#settled()
    const fault = this.#faultAtFirst(busy, pending)
    if (fault === null) {
      await this.#fenceGone(busy)
      this.#isOpen = true
      for (const node of busy)
        this.#host.warn(`${node} is not used for now: others use all that Ray has of it`)
      return this.#opened.resolve()
    }
    await this.close()
    this.#opened.reject(faultOf(fault))
  }

  /** Resolves when it is clear which nodes have joined, or late; what held one for an earlier scheduler may just be ending. */
  async #settled(): Promise<void> {
    const end = performance.now() + LONGEST_SETTLING_MS
    for (;;) {
      const left = Math.max(0, end - performance.now())
      await Promise.race([Promise.all(this.#joining), pause(left, undefined, { ref: false })])
      if (this.#unheld.size === 0 || performance.now() > end) return
      await pause(LOOK_MS)
    }
  }

  /** Ray knows nothing of a node that has died, or that belongs to another cluster: there, commands may still run. */
  async #fenceGone(busy: readonly string[]): Promise<void> {
    const gone = [...this.#host.open.keys()].filter(name => !this.#known.has(name) && !busy.includes(name))
    for (const name of gone) this.nodes.fenceGone(name, 'not in this Ray cluster')
    if (gone.length > 0) await pause(FENCE_MS)
  }

  /** Why the run cannot begin: without nodes, or with commands of an earlier scheduler out of reach. */
  #faultAtFirst(busy: readonly string[], pending: readonly string[]): string | null {
    const silent = [...this.#links.keys()].filter(name => !this.#joined.has(name))
    const unreached = [...this.#host.open.keys()].find(name =>
      [...pending, ...silent, ...this.#refusals, ...this.#unheld].includes(name),
    )
    if (unreached !== undefined)
      return `commands of this run may still be running on ${unreached}, which does not answer: ${this.#fault ?? 'try again later'}`
    if (this.#joined.size > 0) return null
    if (busy.length > 0) return `others use all that Ray has of ${busy.join(', ')}`
    const unanswered = silent.length > 0 ? `no agent has answered on ${silent.join(', ')}` : null
    return this.#fault ?? unanswered ?? 'the cluster has no node with CPUs'
  }

  #dead(node: string, why: string): void {
    this.#known.delete(node)
    this.#joined.delete(node)
    this.#unheld.delete(node)
    const link = this.#links.get(node)
    this.#links.delete(node)
    this.nodes.lost(node, why)
    link?.close(why)
  }

  /** Where its node is still held another agent takes over what this one has left. */
  #closed({ link: id, why, isHeld }: Extract<BridgeReport, { type: 'closed' }>): void {
    const [node, link] = this.#links.entries().find(([, one]) => one.id === id) ?? []
    if (!link || node === undefined) return
    this.#links.delete(node)
    link.close(why)
    if (!isHeld) this.#unheld.add(node)
    if (isHeld && this.#joined.has(node)) setTimeout(() => this.#connectAgain(node), RETRY_MS)
  }

  #connectAgain(node: string): void {
    const report = this.#known.get(node)
    if (report && !this.#isClosing && !this.#links.has(node)) this.#connect(report)
  }
}
