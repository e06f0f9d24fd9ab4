import type { Lot } from './levels.ts'

/** A head and how far in front it stands: first by tier, then by key. */
export interface Candidate {
  /** −1 for nobody. */
  bucket: number
  shape: number
  /** Of its lot. */
  position: number
  tier: number
  key: number
}

export function nobody(): Candidate {
  return { bucket: -1, shape: -1, position: -1, tier: 0, key: 0 }
}

/** Whether a head of a lot goes before `best`, which may be nobody: of equal ones that of the first lot. */
export function wins(lot: Lot, tier: number, key: number, best: Candidate): boolean {
  if (best.bucket < 0 || tier !== best.tier) return best.bucket < 0 || tier > best.tier
  return key === best.key ? lot.position < best.position : !(key < best.key)
}

/** Whether a candidate that is there goes before another, which may not be. */
export function goesBefore(a: Candidate, b: Candidate): boolean {
  if (a.bucket < 0 || b.bucket < 0) return a.bucket >= 0
  return a.tier > b.tier || (a.tier === b.tier && a.key > b.key)
}
