/**
 * Shares that look random and are always the same for the same futures and salt. What is drawn for a job depends on
 * nothing but the job and the future, so that two looks at a run draw alike, and what is told moves only with what has
 * happened.
 *
 * Of the futures one draws from the middle of each of as many equal shares of (0, 1), in an order of the salt's own (a
 * Latin hypercube: M. D. McKay, R. J. Beckman, W. J. Conover, "A comparison of three methods for selecting values of
 * input variables", Technometrics 21, 1979): a few futures then say as much as many independent ones.
 */
export class Draws {
  readonly futures: number
  readonly #orders = new Map<number, Uint32Array>()

  constructor(futures: number) {
    this.futures = futures
  }

  /** A share in (0, 1). */
  of(salt: number, future: number): number {
    const order = this.#orders.get(salt) ?? orderOf(salt, this.futures)
    this.#orders.set(salt, order)
    return ((order[future] ?? 0) + 0.5) / this.futures
  }
}

/** A whole number of a text (FNV-1a). */
export function saltOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** The numbers below n, shuffled by a salt (R. Durstenfeld, "Random permutation", Communications of the ACM 7, 1964). */
function orderOf(salt: number, n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const other = mix(mix(salt) ^ Math.imul(i, 0x9e3779b1)) % (i + 1)
    const last = order[i] ?? 0
    order[i] = order[other] ?? 0
    order[other] = last
  }
  return order
}

/** Spreads the bits of a 32-bit integer: neighbours become strangers (the finaliser of MurmurHash3). */
function mix(bits: number): number {
  let mixed = bits ^ (bits >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
