import type { Backend, BackendHost } from '../../../src/backends/backend.ts'
import { buildNode, NO_FIXED_RAM } from '../../../src/testing/index.ts'
import type { MakeBackend } from '../conformance.ts'
import { PlayedNode } from './node.ts'

/** Nodes of the simulator, in real time, under a whole scheduler with its journal: jobs are played, and no process runs. */
export class Simulated implements Backend {
  readonly name = 'simulated'
  readonly runsInline = false
  readonly #names: readonly string[]
  readonly #nodes = new Map<string, PlayedNode>()
  #host: BackendHost | null = null

  constructor(names: readonly string[]) {
    this.#names = names
  }

  async open(host: BackendHost): Promise<void> {
    this.#host = host
    for (const name of this.#names) this.join(name)
  }

  acknowledge(): void {}

  async giveUp(): Promise<void> {}

  async close(): Promise<void> {
    for (const node of this.#nodes.values()) await node.close()
  }

  join(name: string): void {
    if (!this.#host) return
    const node = new PlayedNode(this.#host)
    this.#nodes.set(name, node)
    this.#host.join({
      capacity: buildNode({ name, ramGb: 4, gpus: 2, gpuRamGb: 8 }),
      totalGb: 8,
      fixedRam: NO_FIXED_RAM,
      executors: { command: node, task: node, inline: node },
      stands: new Map(),
      look: () => null,
    })
  }

  lose(name: string): void {
    this.#nodes.get(name)?.vanish()
    this.#nodes.delete(name)
    this.#host?.lost(name, 'it was taken away')
  }

  freeze(name: string): void {
    this.#nodes.get(name)?.freeze()
    this.#host?.silent(name, 'it stands still')
  }

  thaw(name: string): void {
    this.#nodes.get(name)?.thaw()
    this.#host?.heard(name)
  }
}

/** That of the scheduler which was opened last in this process: whoever loses its nodes has to reach it. */
export let latest: Simulated | null = null

const make: MakeBackend = data => {
  latest = new Simulated(data as readonly string[])
  return latest
}
export default make
