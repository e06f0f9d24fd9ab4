/**
 * Seconds between the end of a failed attempt and the next one: `baseS` × 2^(`attempt` − 1) × [0.75, 1.25), `attempt`
 * being the one that failed, counted from 1. The last factor spreads jobs that failed together, so that they do not all
 * come back at once to what they have overrun. It is a hash of the job's id and the attempt, not chance: the simulator,
 * and a scheduler that goes on with a run, get the same.
 */
export function retryDelay(jobId: string, attempt: number, baseS: number): number {
  return baseS * 2 ** (attempt - 1) * (1 - SPREAD + 2 * SPREAD * fractionOf(`${jobId}#${attempt}`))
}

/** The delay is shorter or longer by at most this share of it. */
const SPREAD = 0.25

/** A number in [0, 1) that follows from a text: FNV-1a, mixed by the end of MurmurHash3 (A. Appleby). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
