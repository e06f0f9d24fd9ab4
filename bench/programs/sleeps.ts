import { command } from './library.ts'
import { COUNT, timeRun } from './timeRun.ts'

const jobs = Array.from({ length: COUNT }, () => ({ run: command(['sleep', '0.1']) }))
await timeRun(jobs, { capacity: { threads: 16 } })
