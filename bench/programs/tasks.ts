import { task } from './library.ts'
import { COUNT, timeRun } from './timeRun.ts'

const noop = new URL('../jobs/noop.mjs', import.meta.url)
const jobs = Array.from({ length: COUNT }, () => ({ run: task(noop) }))
await timeRun(jobs, { capacity: { threads: 2 } })
