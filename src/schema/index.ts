export { JobIds } from './ids.ts'
export type { JobSpec } from './jobSpec.ts'
export {
  at,
  isJob,
  type ParseJobsOptions,
  type ParseResult,
  parseJob,
  parseJobs,
  type Where,
} from './parseJob.ts'
export { createJobParser, type JobParser, type ParserOptions } from './parser.ts'
export { command, inline, task } from './run.ts'
