/**
 * A number in [0, 1) that is always the same for the same seed and keys, and looks random otherwise. Without a state:
 * what is drawn for one job does not depend on how many were drawn before, so one more job changes no other.
 */
export function randomOf(seed: number, ...keys: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ seed
  for (const char of keys.join('\u0000')) {
    hash ^= char.codePointAt(0) ?? 0
    hash = Math.imul(hash, 0x01000193)
  }
  return mix(hash) / 2 ** 32
}

/** Spreads the bits of a 32-bit integer: neighbours become strangers (the finaliser of MurmurHash3). */
function mix(bits: number): number {
  let mixed = bits ^ (bits >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
