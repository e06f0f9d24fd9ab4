// Reads a job file and keeps none of its jobs: `node countJobs.ts FILE`.
import { readJobs } from '../../src/jobfile/index.ts'

let jobs = 0
let last = ''
for await (const batch of readJobs(process.argv[2] ?? '')) {
  jobs += batch.length
  last = batch.at(-1)?.name ?? last
}
console.log(JSON.stringify({ jobs, last }))
