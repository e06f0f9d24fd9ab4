/** Simulates the count of jobs on the count of nodes that the bench has asked for, and prints what that took. */
import { simulateSystem } from './testing.ts'

const [count, nodeCount] = [Number(process.argv[2]), Number(process.argv[3])]
const GROUPS = 10

const nodes = Array.from({ length: nodeCount }, (_, i) => ({
  name: `node${i}`,
  threads: 32,
  ramGb: 128,
  cores: [],
  gpus: Array.from({ length: 2 }, (_, gpu) => ({ id: `${gpu}`, name: 'GPU', ramGb: 24 })),
  resources: {},
}))

/** 50 shapes of jobs, each of 10 to 1,000 s. */
function* jobs() {
  for (let i = 0; i < count; i++) {
    const usesGpu = i % 10 === 0
    yield {
      command: ['fit', `${i}`],
      name: `j${i}`,
      group: `g${i % GROUPS}`,
      threads: 1 + (i % 5),
      ramGb: 2 * (i % 10),
      ...(usesGpu && { gpus: 1, gpuShare: 0.5 }),
      timeS: 10 * 100 ** ((i * 0.6180339887) % 1),
    }
  }
}

// Without searches for a better rule: what they may cost is a budget of their own.
const system = simulateSystem({ nodes, keepEvents: false, searchPlacements: 0 })
let ended = 0
system.events$.subscribe(({ type }) => {
  if (type === 'job.ended') ended++
})
system.add(jobs())
const makespanS = system.runAll()
if (ended !== count) throw new Error(`${ended} of ${count} jobs have ended`)
const { user, system: kernel } = process.cpuUsage()
console.log(
  JSON.stringify({
    cpuS: (user + kernel) / 1e6,
    peakGb: process.resourceUsage().maxRSS / 2 ** 20,
    makespanS,
  }),
)
