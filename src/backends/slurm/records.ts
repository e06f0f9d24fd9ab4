/** The fields of one object of `scontrol --oneliner`, in their order: some stand there several times. */
export type SlurmRecord = readonly (readonly [key: string, value: string])[]

/**
 * The objects that `scontrol --oneliner show …` has printed, one a line. A value goes on to the next ` Key=`, which begins with a capital, since some
 * hold blanks (`OS=Linux 6.1 #1 SMP`).
 */
export function parseRecords(text: string): SlurmRecord[] {
  return text
    .split('\n')
    .filter(line => line.includes('='))
    .map(line => line.trim().split(FIELD).map(cut))
}

const FIELD = /\s+(?=[A-Z][\w/:.&-]*=)/

function cut(field: string): [string, string] {
  const equals = field.indexOf('=')
  return [field.slice(0, equals), field.slice(equals + 1)]
}

/** The first value of a key; `null` where it is not there, or SLURM says that there is none. */
export function fieldOf(record: SlurmRecord, key: string): string | null {
  const value = record.find(([name]) => name === key)?.[1]
  return value === undefined || NOTHING.has(value) ? null : value
}

const NOTHING = new Set(['', '(null)', 'N/A', 'n/a', 'None', 'Unknown', 'NONE'])

/** The first value of a key as a number ≥ 0; `null` where it is none. */
export function numberOf(record: SlurmRecord, key: string): number | null {
  const text = fieldOf(record, key)
  const number = text === null ? Number.NaN : Number.parseFloat(text)
  return Number.isFinite(number) ? number : null
}
