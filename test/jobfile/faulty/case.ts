/** A file that is wrong, and everything that is to be said about it. */
export interface FaultyFile {
  readonly title: string
  readonly file: string
  readonly content: string | Uint8Array
  readonly expected: readonly string[]
}
