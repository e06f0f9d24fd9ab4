import { runPython, versionOfPython } from './installed.ts'
import type { Peer } from './peer.ts'

export const ray: Peer = {
  name: 'Ray, 2 CPUs',
  version: () => versionOfPython('ray'),
  commands: (count, folder) => runPython('on_ray.py', folder, `${count}`, 'command'),
  tasks: (count, folder) => runPython('on_ray.py', folder, `${count}`, 'task'),
}
