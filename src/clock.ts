/** Time as a port: the real clock in production, a simulated one in tests, the simulator and what-ifs. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `fn` once after `ms` milliseconds (any length, also above 24.8 days). Returns a handle for `clearTimeout`. */
  setTimeout(fn: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}
