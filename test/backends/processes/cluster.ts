import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { agentFolder } from '../../../src/actors/record/folder.ts'
import type { Cluster } from '../conformance.ts'
import type { ProcessesData } from './backend.ts'
import { agentsOf, livesIn, startedOf } from './nodeProcesses.ts'

/** Such a cluster, of which a node may be gone for the next scheduler. */
export interface ProcessesCluster extends Cluster {
  removeNode(node: string): void
}

/** Three nodes that are agents on this machine. */
export async function startProcesses(times: Omit<ProcessesData, 'folder'>): Promise<ProcessesCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-nodes-'))
  const nodes = ['p1', 'p2', 'p3']
  let count = nodes.length
  for (const node of nodes) writeFileSync(join(folder, node), '')
  const signalAll = (signal: NodeJS.Signals, node: string, runDir: string): void => {
    const own = agentFolder(runDir, node)
    for (const pid of [...agentsOf(own), ...startedOf(own)]) signalOne(pid, signal)
  }
  return {
    backend: { module: new URL('./backend.ts', import.meta.url), data: { folder, ...times } },
    options: { capacity: { threads: 4, ramGb: 2, gpus: 2, gpuRamGb: 8 } },
    nodes,
    async killNode(node, runDir) {
      // As if the machine had gone down: nothing of it tells of the end of another.
      signalAll('SIGSTOP', node, runDir)
      const own = agentFolder(runDir, node)
      const agents = agentsOf(own)
      for (const pid of startedOf(own)) signalOne(pid, 'SIGKILL')
      while (livesIn(own)) await wait(5)
      for (const pid of agents) signalOne(pid, 'SIGKILL')
    },
    async addNode() {
      const node = `p${++count}`
      writeFileSync(join(folder, node), '')
      return node
    },
    removeNode: node => rmSync(join(folder, node)),
    async freezeNode(node, runDir) {
      signalAll('SIGSTOP', node, runDir)
    },
    async thawNode(node, runDir) {
      signalAll('SIGCONT', node, runDir)
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}
