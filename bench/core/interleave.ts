/** Something that can be measured again and again; resolves with its figure. */
export type Contestant = () => Promise<number>

/**
 * Lets contestants run in turns, and every second round in the reverse order, so that a machine that grows busy, warm
 * or slow meets all of them alike. Returns the figures of each, by round.
 */
export async function interleave<Name extends string>(
  contestants: Readonly<Record<Name, Contestant>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[]
  const figures = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      figures[name].push(await contestants[name]())
    }
  }
  return figures
}
