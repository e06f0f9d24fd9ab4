export {
  expandJob,
  type PlacedJobs,
  type ReadOptions,
  readAllJobs,
  readJobs,
  readPlacedJobs,
} from './readJobs.ts'
export { parseSweepOption } from './sweep.ts'
