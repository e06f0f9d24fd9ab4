import type { Bar } from '../../plan/timeline.ts'

/** A group as it is drawn: those that take most have a colour and a letter of their own, the others share one. */
export interface DrawnGroup {
  /** Name of the group, or `12 other groups`. */
  readonly name: string
  /** Position among the colours; the last one is that of the others. */
  readonly colour: number
  readonly letter: string
}

/** Which group is drawn how. */
export interface DrawnGroups {
  of(group: string): DrawnGroup
  /** In the order of the legend. */
  readonly legend: readonly DrawnGroup[]
}

/** Gives the `most` groups that take most thread seconds a colour each; the others, where there are any, the next one. */
export function drawnGroups(bars: readonly Bar[], most: number): DrawnGroups {
  const names = byArea(bars)
  const letters = new Set<string>()
  const own = names.slice(0, names.length > most ? most - 1 : most).map((name, colour) => {
    const letter = letterFor(name, letters)
    letters.add(letter)
    return { name, colour, letter }
  })
  const rest = names.length - own.length
  const others: DrawnGroup = { name: `${rest} other groups`, colour: most - 1, letter: '*' }
  const known = new Map(own.map(group => [group.name, group]))
  return { of: group => known.get(group) ?? others, legend: rest > 0 ? [...own, others] : own }
}

function byArea(bars: readonly Bar[]): string[] {
  const areas = new Map<string, number>()
  for (const { group, threads, startS, endS } of bars)
    areas.set(group, (areas.get(group) ?? 0) + Math.max(threads, 0.01) * (endS - startS))
  return [...areas].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name)
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']

/** A letter of its name that nobody has yet, as far to the front as possible; else any other. */
function letterFor(name: string, taken: ReadonlySet<string>): string {
  const own = name.toLowerCase().match(/[a-z]/g) ?? []
  return [...own, ...LETTERS].find(letter => !taken.has(letter)) ?? '*'
}
