/** The option of the command line for a key of the API: `maxThreads` → `--max-threads`. */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** The number that an option was given, or its text: who checks it then says what was expected. */
export function numberOr(text: string): number | string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** `name=value`, cut at the first `=`; `null` where there is none, or nothing before it. */
export function splitPair(text: string): readonly [name: string, value: string] | null {
  const equals = text.indexOf('=')
  return equals < 1 ? null : [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
}
