// A scheduler on any backend, in a process of its own: what it is to do comes as JSON.
import { createScheduler } from '../../../src/index.ts'

const { backend, options, runDir, jobs, resume = false } = JSON.parse(process.argv[2] ?? '')
const { default: make } = await import(backend.module)
const scheduler = await createScheduler({
  ...options,
  history: false,
  reports: 'json',
  runDir,
  resume,
  backend: make(backend.data),
})
scheduler.add(jobs)
const { counts } = await scheduler.run()
await scheduler.close()
process.exitCode = counts.failed > 0 ? 1 : 0
