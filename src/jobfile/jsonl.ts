import type { Entry, Source } from './entry.ts'
import { readText } from './text.ts'

/** A job a line; blank lines are passed over. */
export async function* readJsonl(source: Source): AsyncGenerator<Entry[]> {
  for await (const { text, firstLine } of readText(source)) {
    const entries: Entry[] = []
    text.split('\n').forEach((line, index) => {
      if (line.trim() !== '') entries.push(entryOf(line, firstLine + index, source))
    })
    yield entries
  }
}

function entryOf(line: string, number: number, { shown }: Source): Entry {
  try {
    return { raw: JSON.parse(line), where: number }
  } catch (error) {
    const where = `${shown}:${number}`
    return { fault: { where, message: `expected a job in JSON on this line: ${reason(error)}` } }
  }
}

/** V8's reason without the place, which it counts from the start of the line's text. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/(?: in JSON)? at position \d+ \(line 1 column (\d+)\)$/, ' at column $1')
}
