/** How many random runs a property gets: `LONGSHORE_RUNS`, else what its test says is enough for every day. */
export function runsOr(usual: number): number {
  return numberFrom('LONGSHORE_RUNS') ?? usual
}

/** The seed of random tests, to be told in their titles: `LONGSHORE_SEED` repeats a run. */
export const seed = numberFrom('LONGSHORE_SEED') ?? Date.now() % 2 ** 31

function numberFrom(name: string): number | undefined {
  const text = process.env[name]
  if (text === undefined || text === '') return undefined
  const number = Number(text)
  if (!Number.isInteger(number)) throw new Error(`Expected ${name} to be a whole number, got "${text}"`)
  return number
}
