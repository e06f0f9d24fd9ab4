/**
 * A map that is a value: with one entry more or less it is another map, and stays what it was. To make and read the newest
 * costs the same however much it holds; one that has a successor keeps only how the two differ, and is put together
 * again where it is read after all (the idea of H. G. Baker, "Shallow binding makes functional arrays fast", 1991).
 */
export class PersistentMap<V extends object> implements ReadonlyMap<string, V> {
  #entries: Map<string, V> | null
  /** Where it has no entries of its own any more. */
  #newer: PersistentMap<V> | null = null
  /** How it differs from the newer one: by the value of this key, which may be none. */
  #key = ''
  #value: V | undefined

  /** `entries` are its own from then on. Default: none. */
  constructor(entries: Map<string, V> = new Map()) {
    this.#entries = entries
  }

  get size(): number {
    return this.#own().size
  }

  has(key: string): boolean {
    return this.#own().has(key)
  }

  get(key: string): V | undefined {
    return this.#own().get(key)
  }

  /** The same with an entry more, or another value. */
  with(key: string, value: V): PersistentMap<V> {
    return this.#handOver(key, entries => entries.set(key, value))
  }

  /** The same without an entry. */
  without(key: string): PersistentMap<V> {
    return this.#handOver(key, entries => entries.delete(key))
  }

  entries(): MapIterator<[string, V]> {
    return this.#own().entries()
  }

  keys(): MapIterator<string> {
    return this.#own().keys()
  }

  values(): MapIterator<V> {
    return this.#own().values()
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.#own()) visit(value, key, this)
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries()
  }

  #handOver(key: string, change: (entries: Map<string, V>) => void): PersistentMap<V> {
    const entries = this.#own()
    const newer = new PersistentMap(entries)
    this.#entries = null
    this.#newer = newer
    this.#key = key
    this.#value = entries.get(key)
    change(entries)
    return newer
  }

  #own(): Map<string, V> {
    this.#entries ??= this.#restored()
    return this.#entries
  }

  /** A copy of the entries of the newest, with what came after this one taken back. */
  #restored(): Map<string, V> {
    const older: PersistentMap<V>[] = []
    let newest: PersistentMap<V> = this
    for (; newest.#newer; newest = newest.#newer) older.push(newest)
    const entries = new Map(newest.#entries)
    for (const one of older.reverse())
      if (one.#value === undefined) entries.delete(one.#key)
      else entries.set(one.#key, one.#value)
    this.#newer = null
    this.#value = undefined
    return entries
  }
}
