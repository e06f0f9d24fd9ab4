import { timeProcess } from '../core/timeProcess.ts'
import { versionOfProgram } from './installed.ts'
import type { Peer } from './peer.ts'

/** The bound: it starts processes and does nothing else. */
export const xargs: Peer = {
  name: 'xargs -P2',
  version: () => versionOfProgram('xargs'),
  async commands(count) {
    const input = Array.from({ length: count }, (_, index) => `${index}\n`).join('')
    const { endS } = await timeProcess(['xargs', '-P2', '-n1', '/bin/true'], { input })
    return { startS: null, workS: endS }
  },
}
