// Run it from the repository's root: npx node examples/api.ts. In a project of yours import from 'longshore'.
import { command, createScheduler, inline } from '../src/index.ts'

// The machine is measured here. What the jobs ask for never exceeds what it has, or 4 threads.
await using scheduler = await createScheduler({ maxThreads: 4, reports: 'none' })

const [listing] = scheduler.add([
  { name: 'list', timeS: 0.1, run: command(['ls', 'examples']) },
  { name: 'sleep', timeS: 1, threads: 0.5, run: command('sleep 1') },
  {
    name: 'sum',
    timeS: 0.5,
    ramGb: 0.1,
    run: inline(() => Array.from({ length: 1e6 }, (_, i) => i).reduce((a, b) => a + b)),
  },
])

const report = await scheduler.run() // the longest first; ends when all have ended
for (const { name, status, value, durationS } of report.outcomes)
  console.log(name, status, value ?? '', `${durationS.toFixed(2)} s`)

// A handle tells of its own job. It can be awaited while others still run.
const outcome = await listing?.outcome
console.log('list ended with exit code', outcome?.exitCode)
