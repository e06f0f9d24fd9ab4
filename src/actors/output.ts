/** What a job has written into its `LONGSHORE_OUTPUT` file. */
export interface JobOutput {
  /** Its results, reserved keys left out; the last line of a key wins. */
  readonly results: Readonly<Record<string, string>>
  /** False after `representative=false`. */
  readonly representative: boolean
  /** The last valid `progress=` in [0, 1], `null` for none. */
  readonly progress: number | null
}

/** Reads lines `key=value`. Whatever is no such line is passed over: a job's output never makes it fail. */
export function parseOutput(text: string): JobOutput {
  const results = new Map<string, string>()
  let representative = true
  let progress: number | null = null
  for (const [key, value] of assignments(text)) {
    if (key === 'representative') representative = value.toLowerCase() !== 'false'
    else if (key === 'progress') progress = fraction(value) ?? progress
    else results.set(key, value)
  }
  return { results: Object.fromEntries(results), representative, progress }
}

function* assignments(text: string): Generator<[string, string]> {
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=')
    const key = line.slice(0, Math.max(0, equals)).trim()
    if (key !== '') yield [key, line.slice(equals + 1).trim()]
  }
}

function fraction(value: string): number | null {
  const number = value === '' ? Number.NaN : Number(value)
  return number >= 0 && number <= 1 ? number : null
}
