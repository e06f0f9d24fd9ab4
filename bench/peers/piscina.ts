import { runNode, versionOfNpm } from './installed.ts'
import type { Peer } from './peer.ts'

export const piscina: Peer = {
  name: 'piscina, 2 threads',
  version: () => versionOfNpm('piscina'),
  tasks: count => runNode('piscina.mjs', `${count}`),
}
