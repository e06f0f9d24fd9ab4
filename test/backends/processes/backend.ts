import { spawn } from 'node:child_process'
import { existsSync, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { agentFolder } from '../../../src/actors/record/folder.ts'
import { agentCommand } from '../../../src/backends/agent/command.ts'
import type { Backend, BackendHost } from '../../../src/backends/backend.ts'
import { connectionOver } from '../../../src/backends/remote/connection.ts'
import { RemoteNodes, type RemoteNodesOptions } from '../../../src/backends/remote/nodes.ts'
import type { MakeBackend } from '../conformance.ts'
import { livesIn } from './nodeProcesses.ts'

/** What the backend is made of. */
export interface ProcessesData extends Pick<RemoteNodesOptions, 'silenceS' | 'leaseS'> {
  /** A file in it for each node. */
  readonly folder: string
}

/** Nodes that are but agents on this machine: all of a backend of several machines, without an engine. */
class Processes implements Backend {
  readonly name = 'processes'
  readonly runsInline = false
  readonly #data: ProcessesData
  readonly #known = new Set<string>()
  #nodes: RemoteNodes | null = null
  #stopWatching = (): void => {}
  #isClosing = false

  constructor(data: ProcessesData) {
    this.#data = data
  }

  async open(host: BackendHost): Promise<void> {
    const nodes = new RemoteNodes(host, this.#data)
    this.#nodes = nodes
    const { folder } = this.#data
    await Promise.all(readdirSync(folder).map(node => this.#start(node, nodes, host)))
    const watcher = watch(folder, (_, node) => {
      if (node !== null && existsSync(join(folder, node)) && !this.#known.has(node))
        this.#start(node, nodes, host)
    })
    this.#stopWatching = () => watcher.close()
  }

  acknowledge(placementIds: readonly string[]): void {
    this.#nodes?.acknowledge(placementIds)
  }

  async giveUp(): Promise<void> {
    await this.#nodes?.giveUp()
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#stopWatching()
    await this.#nodes?.close()
  }

  async #start(node: string, nodes: RemoteNodes, host: BackendHost): Promise<void> {
    this.#known.add(node)
    const [file, ...args] = agentCommand()
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    const connection = connectionOver(child)
    connection.closed.then(why => {
      if (!this.#isClosing) this.#ended(node, why, nodes, host)
    })
    await nodes.connect({ node, connection })
  }

  /** Where something of the node lives another agent takes it over; else it is lost. */
  #ended(node: string, why: string, nodes: RemoteNodes, host: BackendHost): void {
    if (livesIn(agentFolder(host.runDir, node))) this.#start(node, nodes, host)
    else nodes.lost(node, why)
  }
}

const make: MakeBackend = data => new Processes(data as ProcessesData)
export default make
