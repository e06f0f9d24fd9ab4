import { runNode, versionOfNpm } from './installed.ts'
import type { Peer } from './peer.ts'

export const pQueue: Peer = {
  name: 'p-queue with execa, concurrency 2',
  version() {
    const [pQueue, execa] = [versionOfNpm('p-queue'), versionOfNpm('execa')]
    return pQueue === null || execa === null ? null : `${pQueue}, execa ${execa}`
  },
  commands: count => runNode('pQueue.mjs', `${count}`),
}
