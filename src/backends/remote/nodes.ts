import { rmSync } from 'node:fs'
import { fence, fencedIn } from '../../actors/command/executor.ts'
import { removeIfEmpty } from '../../actors/makeFolder.ts'
import { agentFolder, launcherFolder } from '../../actors/record/folder.ts'
import { measureBareRam } from '../agent/bareRam.ts'
import { AGENT_PROTOCOL, type AgentHello, type NodeLimits, type ProbeOptions } from '../agent/protocol.ts'
import type { BackendHost } from '../backend.ts'
import type { LineConnection } from './connection.ts'
import { RemoteNode } from './node.ts'

/** An agent that was started on a node. */
export interface StartedAgent {
  /** Name of the node. */
  readonly node: string
  readonly connection: LineConnection
  /** What the engine gives us of the node. Default: all that is measured there. */
  readonly limits?: NodeLimits
}

/** How long is waited for whom. */
export interface RemoteNodesOptions {
  /** Seconds without a word of a node after which it counts as silent. Default 15. */
  readonly silenceS?: number
  /**
   * Seconds without a word of the scheduler after which an agent ends all that it runs, and itself: less than the engine
   * takes to declare a node dead. Default 30.
   */
  readonly leaseS?: number
  /** What jobs start from, over the environment that the engine gives to an agent. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv
  /** As `AgentHello` has it: `end` where whoever carries the orders outlives the scheduler. */
  readonly atEnd?: 'end'
  /** A node has fallen silent: the engine may know more. */
  readonly onSilent?: (node: string, why: string) => void
  /** It speaks again. */
  readonly onHeard?: (node: string) => void
}

const TICK_MS = 1000

/** Nodes on which an agent runs: what a backend of several machines needs beside its engine. */
export class RemoteNodes {
  readonly #host: BackendHost
  readonly #options: RemoteNodesOptions
  readonly #nodes = new Map<string, RemoteNode>()
  /** Who keeps the ending of a command that is not in the journal yet, by id of placement. */
  readonly #keepers = new Map<string, RemoteNode>()
  /** Agents take longer to start than this takes. */
  readonly #bare = measureBareRam()
  #timer: NodeJS.Timeout | undefined
  #tickedAt = performance.now()

  constructor(host: BackendHost, options: RemoteNodesOptions = {}) {
    this.#host = host
    this.#options = options
  }

  /**
   * Speaks to an agent. Resolves when its node has joined; or, where the connection to an earlier agent of a node that
   * was not lost is gone, when it is known what still runs there. Rejects with a `LongshoreError` where the agent cannot
   * work, or ends before it could say so. When the connection closes the node is silent: the backend then starts another
   * agent there, or has proof that the node is lost.
   */
  async connect({ node: name, connection, limits = {} }: StartedAgent): Promise<void> {
    const node = this.#nodes.get(name) ?? this.#newNode(name)
    this.#nodes.set(name, node)
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS)
    await node.connect(connection, limits)
  }

  /** Takes nothing new; what runs there goes on. */
  leave(node: string, why: string): void {
    this.#host.leave(node, why)
  }

  /**
   * It will be lost: what runs there while nobody is heard of ends by itself, once it sees that in the folder of the run.
   * An agent that is started there later takes that back.
   */
  fence(name: string): void {
    if (!this.#host.isKept) return
    try {
      fence(agentFolder(this.#host.runDir, name))
    } catch (error) {
      this.#host.warn(`what runs on ${name} cannot be told to end: ${error}`)
    }
  }

  /**
   * It is not there any more, and nobody knows whether the commands of an earlier scheduler have ended there: where they
   * have not, they see within two seconds that they are to. `how` it stands, in the engine's words.
   */
  fenceGone(name: string, how: string): void {
    this.fence(name)
    this.#host.warn(
      `commands of this run may still run on ${name} (${how}): they are run again elsewhere, and a mark in ${agentFolder(this.#host.runDir, name)} ends them there, when they can see it`,
    )
  }

  /** PROOF that nothing of ours runs there any more: its jobs wait again, and that is no failure of theirs. */
  lost(name: string, why: string): void {
    const node = this.#nodes.get(name)
    if (!node) return
    this.#nodes.delete(name)
    this.fence(name)
    node.forget()
    this.#host.lost(name, why)
  }

  /** See `Backend`. */
  acknowledge(placementIds: readonly string[]): void {
    const ids = placementIds.filter(id => this.#keepers.has(id))
    for (const [keeper, kept] of Map.groupBy(ids, id => this.#keepers.get(id))) keeper?.acknowledge(kept)
    for (const id of ids) this.#keepers.delete(id)
  }

  /** See `Backend`: jobs of silent nodes are told as ended. */
  async giveUp(): Promise<void> {
    for (const node of this.#nodes.values()) node.giveUp()
  }

  /** Ends all agents, and what they run; resolves when their connections have closed, but for those of silent nodes. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([...this.#nodes.values()].map(node => node.close()))
    const folder = launcherFolder(this.#host.runDir)
    // Nobody is there to take away what lost nodes have left.
    for (const lost of fencedIn(folder)) rmSync(lost, { recursive: true, force: true })
    removeIfEmpty(folder)
  }

  #newNode(name: string): RemoteNode {
    const node: RemoteNode = new RemoteNode({
      name,
      host: this.#host,
      hello: (...of) => this.#hello(...of),
      kept: id => this.#keepers.set(id, node),
      silent: why => {
        this.#host.silent(name, why)
        this.#options.onSilent?.(name, why)
      },
      heard: () => {
        this.#host.heard(name)
        this.#options.onHeard?.(name)
      },
    })
    return node
  }

  async #hello(node: string, limits: NodeLimits, open: () => AgentHello['open']): Promise<AgentHello> {
    const bare = await this.#bare
    const { leaseS = 30, env = process.env, atEnd } = this.#options
    const { runDir, isKept, options } = this.#host
    const defined = Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
    return {
      type: 'hello',
      protocol: AGENT_PROTOCOL,
      node,
      runDir,
      isKept,
      cwd: process.cwd(),
      env: Object.fromEntries(defined),
      options: probeOptionsOf(options),
      limits,
      bare,
      open: open(),
      leaseS,
      ...(atEnd && { atEnd }),
    }
  }

  #tick(): void {
    const { silenceS = 15 } = this.#options
    const now = performance.now()
    const wasAway = now - this.#tickedAt > 2 * TICK_MS
    this.#tickedAt = now
    for (const node of this.#nodes.values()) {
      if (wasAway) node.excuse()
      node.watch(silenceS)
    }
  }
}

function probeOptionsOf(options: BackendHost['options']): ProbeOptions {
  const { maxThreads, ramFactor, gpuRamFactor, capacity, cudaContextGb, workerRamFactor } = options
  const given = { maxThreads, ramFactor, gpuRamFactor, capacity, cudaContextGb, workerRamFactor }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
