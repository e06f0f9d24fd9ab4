import { runPython, versionOfPython } from './installed.ts'
import type { Peer } from './peer.ts'

export const dask: Peer = {
  name: 'Dask distributed, 2 workers',
  version: () => versionOfPython('distributed'),
  commands: (count, folder) => runPython('on_dask.py', folder, `${count}`, 'command'),
  tasks: (count, folder) => runPython('on_dask.py', folder, `${count}`, 'task'),
}
