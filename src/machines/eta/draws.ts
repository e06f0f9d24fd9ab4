import { normalQuantile } from '../normal.ts'

/**
 * Numbers that look random and are always the same for the same keys. What is drawn for a job depends on nothing but
 * the job and the future, so that two looks at a run draw alike, and what is told moves only with what has happened.
 */

/** A number in (0, 1) of two whole numbers and a salt: the finaliser of MurmurHash3, twice. */
export function uniform(salt: number, a: number, b: number): number {
  return (mix(mix(salt ^ Math.imul(a + 1, 0x9e3779b1)) ^ Math.imul(b + 1, 0x85ebca77)) + 0.5) / 2 ** 32
}

/** A whole number of a text (FNV-1a). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/**
 * For each of so many futures a draw from the standard normal distribution: one from the middle of each of as many
 * equal shares of it, in an order of the group's own (a Latin hypercube: M. D. McKay, R. J. Beckman, W. J. Conover,
 * "A comparison of three methods for selecting values of input variables", Technometrics 21, 1979). A few futures
 * then say as much as many independent ones.
 */
export function spreadNormals(group: string, futures: number): Float64Array {
  const draws = Float64Array.from({ length: futures }, (_, i) => normalQuantile((i + 0.5) / futures))
  const salt = hashOf(group)
  for (let i = futures - 1; i > 0; i--) {
    const other = Math.floor(uniform(salt, i, futures) * (i + 1))
    const [a, b] = [draws[i] ?? 0, draws[other] ?? 0]
    draws[i] = b
    draws[other] = a
  }
  return draws
}

function mix(bits: number): number {
  let mixed = bits ^ (bits >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
