import { runPython, versionOfPython } from './installed.ts'
import type { Peer } from './peer.ts'

export const hyperQueue: Peer = {
  name: 'HyperQueue, 1 worker of 2 cores',
  version: () => versionOfPython('hyperqueue'),
  commands: (count, folder) => runPython('on_hyperqueue.py', folder, `${count}`),
}
