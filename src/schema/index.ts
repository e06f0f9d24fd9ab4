export { JobIds } from './ids.ts'
export type { JobSpec } from './jobSpec.ts'
export {
  at,
  isJob,
  type ParseResult,
  parseJob,
  type Where,
} from './parseJob.ts'
export { JobsParsing, type ParseJobsOptions, parseJobs } from './parseJobs.ts'
export { createJobParser, type JobParser, type ParserOptions } from './parser.ts'
export { command, inline, task } from './run.ts'
