import { timeProcess } from '../core/timeProcess.ts'
import { debianEnvironment, versionOfProgram } from './installed.ts'
import type { Peer } from './peer.ts'

export const parallel: Peer = {
  name: 'GNU parallel -j2',
  version: () => versionOfProgram('parallel'),
  async commands(count, folder) {
    const input = Array.from({ length: count }, (_, index) => `${index}\n`).join('')
    const { endS } = await timeProcess(['parallel', '--will-cite', '-j2', '/bin/true'], {
      input,
      env: { ...debianEnvironment(), HOME: folder },
    })
    return { startS: null, workS: endS }
  },
}
