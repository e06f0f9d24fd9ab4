export { expandJob, type ReadOptions, readAllJobs, readJobs } from './readJobs.ts'
export { parseSweepOption } from './sweep.ts'
