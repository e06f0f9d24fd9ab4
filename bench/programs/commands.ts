import { command } from './library.ts'
import { COUNT, timeRun } from './timeRun.ts'

const jobs = Array.from({ length: COUNT }, () => ({ run: command(['/bin/true']) }))
await timeRun(jobs, { capacity: { threads: 2 } })
