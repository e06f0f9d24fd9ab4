/** A million keys are then 4,000 a part, which is moved in a fraction of a millisecond. */
const PARTS = 256

/**
 * Values by text, in no order. A `Map` that has run full moves all that it holds, which takes 50 ms at half a million
 * entries; this one is made of many small ones and grows a little at a time.
 */
export class BigMap<V> {
  readonly #parts: readonly Map<string, V>[] = Array.from({ length: PARTS }, () => new Map())
  #size = 0

  get size(): number {
    return this.#size
  }

  has(key: string): boolean {
    return this.#partOf(key).has(key)
  }

  get(key: string): V | undefined {
    return this.#partOf(key).get(key)
  }

  /** Adds a value under a key that is new; `false`, and nothing is changed, where it is not. */
  add(key: string, value: V): boolean {
    const part = this.#partOf(key)
    if (part.has(key)) return false
    part.set(key, value)
    this.#size++
    return true
  }

  set(key: string, value: V): this {
    const part = this.#partOf(key)
    const before = part.size
    part.set(key, value)
    this.#size += part.size - before
    return this
  }

  delete(key: string): boolean {
    const wasThere = this.#partOf(key).delete(key)
    if (wasThere) this.#size--
    return wasThere
  }

  #partOf(key: string): Map<string, V> {
    return this.#parts[hashOf(key) % PARTS] as Map<string, V>
  }
}

/** FNV-1a over the UTF-16 units (G. Fowler, L. C. Noll, K.-P. Vo, "The FNV Non-Cryptographic Hash Algorithm"). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
