import { hostname } from 'node:os'
import { conformance } from './conformance.ts'

conformance('local', {
  start: async () => ({
    backend: { module: new URL('./local.ts', import.meta.url) },
    options: { capacity: { threads: 8, ramGb: 4, gpus: 2, gpuRamGb: 8 } },
    nodes: [hostname()],
    stop: async () => {},
  }),
})
