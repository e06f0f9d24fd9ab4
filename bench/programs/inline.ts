import { inline } from './library.ts'
import { COUNT, timeRun } from './timeRun.ts'

const jobs = Array.from({ length: COUNT }, () => ({ run: inline(async () => {}) }))
await timeRun(jobs, { capacity: { threads: 2 } })
