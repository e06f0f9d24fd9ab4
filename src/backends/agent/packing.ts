import { deserialize, serialize } from 'node:v8'
import type { Work } from '../../executor.ts'
import type { Ending } from '../../job.ts'
import type { AgentOrder, PackedEnding } from './protocol.ts'

type Start = Extract<AgentOrder, { type: 'start' }>

/** The order to start a job. Throws a `DataCloneError` where the arguments of a task are no plain data. */
export function packStart(work: Work): Start {
  const { run } = work.job
  if (run.kind !== 'task' || run.args === undefined) return { type: 'start', work }
  const bare = { ...work, job: { ...work.job, run: { ...run, args: undefined } } }
  return { type: 'start', work: bare, args: pack(run.args) }
}

/** The inverse of `packStart`. */
export function unpackStart({ work, args }: Start): Work {
  const { run } = work.job
  if (run.kind !== 'task') return work
  return {
    ...work,
    job: { ...work.job, run: { ...run, args: args === undefined ? undefined : unpack(args) } },
  }
}

/** What a task returned or threw has been cloned once already, on its way from its worker: so it can be cloned again. */
export function packEnding({ value, failure, ...plain }: Ending): PackedEnding {
  return value === undefined && failure === undefined ? plain : { ...plain, rest: pack({ value, failure }) }
}

/** The inverse of `packEnding`. */
export function unpackEnding({ rest, ...plain }: PackedEnding): Ending {
  const { value, failure } = rest === undefined ? NOTHING : (unpack(rest) as Partial<Rest>)
  return { ...plain, value, ...(failure && { failure }) }
}

type Rest = Pick<Ending, 'value' | 'failure'>
const NOTHING: Partial<Rest> = {}

function pack(value: unknown): string {
  return serialize(value).toString('base64')
}

function unpack(text: string): unknown {
  return deserialize(Buffer.from(text, 'base64'))
}
