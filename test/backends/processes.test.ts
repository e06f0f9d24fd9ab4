import { conformance } from './conformance.ts'
import { startProcesses } from './processes/cluster.ts'

conformance('of processes', {
  start: () => startProcesses({ silenceS: 3 }),
  faults: ['lost', 'joins', 'frozen'],
})
