import { conformance } from './conformance.ts'
import { latest } from './simulated/backend.ts'

const NODES = ['s1', 's2', 's3']

conformance('of the simulator', {
  start: async () => ({
    backend: { module: new URL('./simulated/backend.ts', import.meta.url), data: NODES },
    options: {},
    nodes: NODES,
    killNode: async node => latest?.lose(node),
    freezeNode: async node => latest?.freeze(node),
    thawNode: async node => latest?.thaw(node),
    async addNode() {
      latest?.join('s4')
      return 's4'
    },
    stop: async () => {},
  }),
  faults: ['lost', 'joins', 'frozen'],
  isPlayed: true,
})
