/**
 * A dual feasible function: of any sizes that fit together into a bin of size 1, the images fit as well. So what it
 * makes of the sizes bounds the number of bins from below, and better than the sizes themselves: of sizes above a half
 * only one goes into a bin. All of these never fall where the size grows.
 */
export type DualFeasible = (size: number) => number

/** Sizes are quotients of whole numbers: what differs by less is equal. */
const ROUNDING = 1e-9

/**
 * Sizes above 1 − λ count as 1, since nothing of λ or more goes beside them, and those below λ as nothing (S. Martello,
 * P. Toth, "Lower bounds and reduction procedures for the bin packing problem", Discrete Applied Mathematics 28, 1990).
 */
function alone(lambda: number): DualFeasible {
  return size => {
    if (size > 1 - lambda + ROUNDING) return 1
    return size < lambda - ROUNDING ? 0 : size
  }
}

/**
 * A size between j and j + 1 of k + 1 parts counts as j of k: of sizes above 1 / (k + 1) at most k go into a bin (S. P.
 * Fekete, J. Schepers, "New classes of fast lower bounds for bin packing problems", Mathematical Programming 91, 2001).
 */
function inParts(k: number): DualFeasible {
  return size => {
    const parts = size * (k + 1)
    const whole = Math.round(parts)
    return Math.abs(parts - whole) <= ROUNDING * (k + 1) ? size : Math.floor(parts) / k
  }
}

const MOST_PARTS = 8

const PARTS = Array.from({ length: MOST_PARTS }, (_, i) => inParts(i + 1))

/** Those that are worth a try for some sizes: between two neighbouring sizes λ makes no difference. */
export function dualFeasibles(sizes: Iterable<number>): DualFeasible[] {
  const small = [...new Set(sizes)].filter(size => size > 0 && size < 0.5)
  return [...PARTS, alone(0.5), ...small.map(alone)]
}
