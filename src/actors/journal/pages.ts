import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

/** A row of a table, whichever it is of: its number, and its values, of which that number itself is `null`. */
export interface PageRow {
  readonly number: number
  readonly values: readonly (string | number | null)[]
}

/** What SQLite writes unless it is told otherwise; journals are never told otherwise. */
const PAGE = 4096
/** A page with rows of a table, and one that leads to such pages, by their first byte. */
const TABLE_LEAF = 0x0d
const TABLE_INTERIOR = 0x05
/** Of the first page, before what other pages begin with. */
const FILE_HEADER = 100
const WAL_HEADER = 32
const FRAME_HEADER = 24
/** Rows that are longer go on in other pages. */
const MOST_LOCAL = PAGE - 35
const LEAST_LOCAL = Math.floor(((PAGE - 12) * 32) / 255) - 23

/** A file of pages, with what stands in the log of writes beside it. */
export interface Pages {
  /** How many pages the file says that it has; `null` where it does not. */
  readonly expected: number | null
  /** How many there are. */
  readonly count: number
  rows(): Generator<PageRow>
  /** How many of them are nothing that a journal is made of; known when all rows have been read. */
  readonly senseless: number
  close(): void
}

/**
 * Reads a SQLite file page by page (https://sqlite.org/fileformat2.html), for what SQLite itself refuses to read: a file
 * that was cut off, or of which the pages are damaged that lead to others. What a page holds stands in it, whoever leads
 * there. A page or row that makes no sense is left out.
 */
export function openPages(path: string): Pages {
  const file = openSync(path, 'r')
  const log = existsSync(`${path}-wal`) ? openSync(`${path}-wal`, 'r') : null
  const logged = log === null ? new Map<number, number>() : framesOf(log)
  const count = Math.max(Math.floor(fstatSync(file).size / PAGE), ...logged.keys())
  const read = (number: number): Buffer | null => {
    const at = logged.get(number)
    return at === undefined || log === null ? readAt(file, (number - 1) * PAGE, PAGE) : readAt(log, at, PAGE)
  }
  const known = new Set<number>()
  const readOn = (number: number): Buffer | null => {
    known.add(number)
    return read(number)
  }
  return {
    expected: expectedIn(read(1)),
    count,
    *rows() {
      for (let number = 1; number <= count; number++) {
        const page = read(number)
        const from = number === 1 ? FILE_HEADER : 0
        if (page?.[from] === TABLE_LEAF || page?.[from] === TABLE_INTERIOR) known.add(number)
        if (page !== null) yield* rowsOf(page, from, readOn)
      }
    },
    get senseless() {
      return count - known.size
    },
    close() {
      closeSync(file)
      if (log !== null) closeSync(log)
    },
  }
}

/** `null` where the file does not begin as a database does. */
function expectedIn(first: Buffer | null): number | null {
  return first?.toString('latin1', 0, 15) === 'SQLite format 3' ? first.readUInt32BE(28) : null
}

/** Where the last writing of each page stands in the log: of those that were begun and ended since the log was begun anew. */
function framesOf(log: number): Map<number, number> {
  const frames = new Map<number, number>()
  let open: [page: number, at: number][] = []
  const salt = readAt(log, 16, 8)
  for (let at = WAL_HEADER; ; at += FRAME_HEADER + PAGE) {
    const header = readAt(log, at, FRAME_HEADER)
    if (salt === null || header === null || !header.subarray(8, 16).equals(salt)) return frames
    open.push([header.readUInt32BE(0), at + FRAME_HEADER])
    if (header.readUInt32BE(4) === 0) continue
    for (const [page, where] of open) frames.set(page, where)
    open = []
  }
}

function readAt(file: number, at: number, length: number): Buffer | null {
  const bytes = Buffer.alloc(length)
  return readSync(file, bytes, 0, length, at) === length ? bytes : null
}

function* rowsOf(page: Buffer, from: number, read: (number: number) => Buffer | null): Generator<PageRow> {
  if (page[from] !== TABLE_LEAF) return
  const cells = page.readUInt16BE(from + 3)
  for (let i = 0; i < cells && from + 10 + 2 * i <= PAGE; i++) {
    const row = tryRow(page, page.readUInt16BE(from + 8 + 2 * i), read)
    if (row !== null) yield row
  }
}

function tryRow(page: Buffer, at: number, read: (number: number) => Buffer | null): PageRow | null {
  try {
    const cell = new Cursor(page, at)
    const length = cell.varint()
    const number = cell.varint()
    return { number, values: valuesOf(payloadOf(page, cell.at, length, read)) }
  } catch {
    return null
  }
}

/** All bytes of a row. Throws where they go on in a page that is not there. */
function payloadOf(
  page: Buffer,
  at: number,
  length: number,
  read: (number: number) => Buffer | null,
): Buffer {
  if (length <= MOST_LOCAL) return slice(page, at, length)
  const fitting = LEAST_LOCAL + ((length - LEAST_LOCAL) % (PAGE - 4))
  const local = fitting <= MOST_LOCAL ? fitting : LEAST_LOCAL
  const parts = [slice(page, at, local)]
  let next = page.readUInt32BE(at + local)
  for (let left = length - local; left > 0; left -= PAGE - 4) {
    const more = read(next)
    if (more === null) throw new RangeError('it goes on in a page that is not there')
    parts.push(slice(more, 4, Math.min(left, PAGE - 4)))
    next = more.readUInt32BE(0)
  }
  return Buffer.concat(parts)
}

function slice(page: Buffer, at: number, length: number): Buffer {
  if (at + length > page.length) throw new RangeError('it ends outside of its page')
  return page.subarray(at, at + length)
}

/** A header of types, and then the values. */
function valuesOf(payload: Buffer): (string | number | null)[] {
  const header = new Cursor(payload, 0)
  const end = header.varint()
  const types: number[] = []
  while (header.at < end) types.push(header.varint())
  const body = new Cursor(payload, end)
  return types.map(type => body.value(type))
}

/** Lengths in bytes of whole numbers, by their types. */
const WHOLE = [0, 1, 2, 3, 4, 6] as const
const NUMBER_6 = 6
const NUMBER_7 = 7
const ZERO = 8
const ONE = 9
const FIRST_TEXT = 13

class Cursor {
  readonly #bytes: Buffer
  at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  /** Seven bits a byte, the highest says that more follow. Numbers of journals have no more than 53 bits. */
  varint(): number {
    let number = 0
    for (let read = 0; read < 8; read++) {
      const byte = this.#bytes.readUInt8(this.at++)
      number = number * 128 + (byte & 127)
      if (byte < 128) return number
    }
    throw new RangeError('a number that is too large')
  }

  value(type: number): string | number | null {
    if (type === 0) return null
    if (type === ZERO || type === ONE) return type - ZERO
    if (type === NUMBER_6) return Number(this.#take(8).readBigInt64BE())
    if (type === NUMBER_7) return this.#take(8).readDoubleBE()
    const whole = WHOLE[type]
    if (whole !== undefined) return this.#take(whole).readIntBE(0, whole)
    if (type < FIRST_TEXT || type % 2 === 0) throw new RangeError('no value of a journal')
    return this.#take((type - FIRST_TEXT) / 2).toString('utf8')
  }

  #take(length: number): Buffer {
    const bytes = slice(this.#bytes, this.at, length)
    this.at += length
    return bytes
  }
}
