import { inspect } from 'node:util'
import { serialize } from 'node:v8'
import type { JobFailure } from '../job.ts'

const DEEPEST_CAUSE = 8

/**
 * What a function threw, in the shape that crosses processes: name, message, stack and cause of an error (the cause
 * in the same shape where it is an error, at most 8 deep), a description of anything else.
 */
export function failureOf(thrown: unknown, reason: JobFailure['reason'] = 'error'): JobFailure {
  try {
    return describeThrown(thrown, reason, 0)
  } catch {
    return {
      reason,
      message: 'threw something that fails when it is looked at (a getter or a proxy that throws)',
    }
  }
}

function describeThrown(thrown: unknown, reason: JobFailure['reason'], depth: number): JobFailure {
  if (!isError(thrown)) return { reason, message: `threw ${inspect(thrown)}, which is no Error` }
  return {
    reason,
    message: String(thrown.message),
    name: String(thrown.name),
    ...(typeof thrown.stack === 'string' && { stack: thrown.stack }),
    ...(thrown.cause !== undefined && { cause: describeCause(thrown.cause, reason, depth + 1) }),
  }
}

function describeCause(cause: unknown, reason: JobFailure['reason'], depth: number): unknown {
  if (depth >= DEEPEST_CAUSE) return inspect(cause)
  if (isError(cause)) return describeThrown(cause, reason, depth)
  return isCloneable(cause) ? cause : inspect(cause)
}

/** Also errors of another realm (`vm`), which are no `instanceof Error` here. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

function isCloneable(value: unknown): boolean {
  try {
    serialize(value)
    return true
  } catch {
    return false
  }
}
