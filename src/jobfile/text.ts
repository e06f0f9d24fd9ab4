import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { BrokenFile, type Source } from './entry.ts'
import { unreadable } from './unreadable.ts'

/** Whole lines of a file, the last one perhaps without its line break. */
export interface TextBlock {
  readonly text: string
  /** Number of its first line in the file, from 1. */
  readonly firstLine: number
}

const LINE_BREAK = 10
/** Some hundreds of jobs: what is made of it takes a few milliseconds. */
const CHUNK_BYTES = 2 ** 16
/** More than this in one line is no list of jobs, but something else that was taken for one. */
const LONGEST_LINE = 64 * 2 ** 20

/**
 * The text of a file in blocks of whole lines, so that however long it is little of it stands in memory. A byte
 * order mark is left out. Throws `BrokenFile` at what is not UTF-8.
 */
export async function* readText(source: Source): AsyncGenerator<TextBlock> {
  let rest: Buffer[] = []
  let restBytes = 0
  let line = 1
  for await (const chunk of chunksOf(source)) {
    const end = chunk.lastIndexOf(LINE_BREAK) + 1
    if (end > 0) {
      const block = Buffer.concat([...rest, chunk.subarray(0, end)])
      yield { text: decode(block, source, line), firstLine: line }
      line += countLineBreaks(block)
      rest = []
      restBytes = 0
    }
    if (end < chunk.length) rest.push(chunk.subarray(end))
    restBytes += chunk.length - end
    if (restBytes > LONGEST_LINE)
      throw new BrokenFile(`${source.shown}:${line}`, 'this line is longer than 64 MiB')
  }
  if (restBytes > 0) yield { text: decode(Buffer.concat(rest), source, line), firstLine: line }
}

/** The whole text of a file, for formats that must be read in one piece. */
export async function readWhole(source: Source): Promise<string> {
  const parts: string[] = []
  for await (const { text } of readText(source)) parts.push(text)
  return parts.join('')
}

async function* chunksOf({ path, shown }: Source): AsyncGenerator<Buffer> {
  try {
    yield* path === null ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES })
  } catch (error) {
    throw unreadable({ shown, path }, error)
  }
}

function decode(bytes: Buffer, source: Source, firstLine: number): string {
  if (firstLine === 1) refuseUtf16(bytes, source)
  if (!isUtf8(bytes)) throw new BrokenFile(`${source.shown}:${firstLine + lineOfBadByte(bytes)}`, NOT_UTF8)
  const hasMark = firstLine === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return bytes.toString('utf8', hasMark ? 3 : 0)
}

const NOT_UTF8 = 'this line is not UTF-8: save the file in that encoding'

function refuseUtf16(bytes: Buffer, { shown }: Source): void {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (isUtf16) throw new BrokenFile(shown, 'is in UTF-16: save it as UTF-8')
}

/** How many lines of a block stand before the first that is not UTF-8. */
function lineOfBadByte(bytes: Buffer): number {
  let lines = 0
  let start = 0
  while (start < bytes.length) {
    const lineBreak = bytes.indexOf(LINE_BREAK, start)
    const end = lineBreak < 0 ? bytes.length : lineBreak + 1
    if (!isUtf8(bytes.subarray(start, end))) return lines
    lines += 1
    start = end
  }
  return lines
}

function countLineBreaks(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(LINE_BREAK); at >= 0; at = bytes.indexOf(LINE_BREAK, at + 1)) count += 1
  return count
}
