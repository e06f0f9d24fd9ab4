import { z } from 'zod'

/** Whoever asks and whoever answers must speak the same: a run may outlast the Longshore that started it. */
export const CONTROL_VERSION = 1

const version = z.literal(CONTROL_VERSION)
const id = z.string().min(1).max(200)

/** What can be asked of a run from outside, a JSON line each. */
export const requestSchema = z.discriminatedUnion('op', [
  z.strictObject({ v: version, op: z.literal('status') }),
  z.strictObject({
    v: version,
    op: z.literal('cancel'),
    ids: z.array(id).optional(),
    group: z.string().min(1).optional(),
    all: z.literal(true).optional(),
  }),
  z.strictObject({ v: version, op: z.literal('pause') }),
  z.strictObject({ v: version, op: z.literal('continue') }),
  z.strictObject({ v: version, op: z.literal('drain') }),
  /** Jobs with the keys of a job file; the scheduler checks them as if they stood in one. */
  z.strictObject({ v: version, op: z.literal('add'), jobs: z.array(z.record(z.string(), z.unknown())) }),
  z.strictObject({ v: version, op: z.literal('explain'), id }),
])

/** A request, without the version that every one has. */
export type ControlRequest = WithoutVersion<z.infer<typeof requestSchema>>
type WithoutVersion<T> = T extends unknown ? Omit<T, 'v'> : never

/** What is answered, a JSON line for each request, in their order. */
export const answerSchema = z.union([
  z.strictObject({ v: z.number(), ok: z.literal(true), result: z.unknown() }),
  z.strictObject({ v: z.number(), ok: z.literal(false), error: z.string() }),
])
export type ControlAnswer = z.infer<typeof answerSchema>

/** The socket of a run, in its folder. */
export const CONTROL_SOCKET = 'control.sock'

/** Reads a request. Throws a `RangeError` that says what was wrong with it, in one line. */
export function parseRequest(line: string): ControlRequest {
  const given = parseJson(line)
  const asked = given !== null && typeof given === 'object' && 'v' in given ? given.v : undefined
  if (typeof asked === 'number' && asked !== CONTROL_VERSION)
    throw new RangeError(`this run speaks version ${CONTROL_VERSION} of the protocol, not ${asked}`)
  const { data, error } = requestSchema.safeParse(given)
  if (data) return data
  const [issue] = error.issues
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : ''
  throw new RangeError(`no request that this run knows: ${issue?.message ?? 'nothing of it'}${where}`)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new RangeError('expected a JSON object a line')
  }
}
