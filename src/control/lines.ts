import type { Readable } from 'node:stream'

/** A line that is longer is no message: nobody's memory is to be filled. */
const LONGEST = 64 * 2 ** 20

/** Hands over each line of a stream; `tooLong` instead of one that has no end. */
export function readLines(stream: Readable, take: (line: string) => void, tooLong: () => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') take(line)
    if (rest.length <= LONGEST) return
    rest = ''
    tooLong()
  })
}
