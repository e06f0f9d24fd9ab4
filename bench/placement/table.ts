import { textTable } from '../core/table.ts'
import type { Played } from './play.ts'

/** Against whose makespan each instance is held besides: the scheduler that came before. */
const BEFORE = 'pytabkitSimple'

/** An instance as a line of JSON. */
export function jsonLine({ instance, policy, estimates, makespanS, lowerBoundS }: Played): string {
  return JSON.stringify({ instance, policy, estimates, makespanS, ratio: makespanS / lowerBoundS })
}

/** One ratio to the lower bound, and to the scheduler that came before where its makespan is recorded. */
interface Ratio {
  readonly policy: string
  readonly ratio: number
  readonly toBefore: number | null
}

/** Makespan / lower bound by size and estimates: the mean and the worst of each policy, the recorded ones beside ours. */
export function table(played: readonly Played[]): string {
  const sizes = [...Map.groupBy(played, ({ size, estimates }) => `${size} ${estimates}`)]
  const rows = sizes
    .sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .flatMap(([, of]) => rowsOf(of))
  const head = ['n', 'estimates', 'policy', 'instances', 'mean', 'worst', `worst / ${BEFORE}`]
  return textTable([head, ...rows])
}

function rowsOf(played: readonly Played[]): string[][] {
  const [{ size, estimates } = { size: 0, estimates: '' }] = played
  const ratios = [...played.map(ours), ...recorded(played)]
  return [...Map.groupBy(ratios, ({ policy }) => policy)].map(([policy, of]) => [
    ...[String(size), estimates, policy, String(of.length)],
    mean(of.map(({ ratio }) => ratio)).toFixed(4),
    Math.max(...of.map(({ ratio }) => ratio)).toFixed(3),
    worstToBefore(of),
  ])
}

function ours({ policy, makespanS, lowerBoundS, references }: Played): Ratio {
  const before = references[BEFORE]
  return {
    policy,
    ratio: makespanS / lowerBoundS,
    toBefore: before === undefined ? null : makespanS / before,
  }
}

/** What was recorded stands in each of an instance's plays: it counts once. */
function recorded(played: readonly Played[]): Ratio[] {
  const instances = [...new Map(played.map(one => [one.instance, one])).values()]
  return instances.flatMap(({ references, lowerBoundS }) =>
    Object.entries(references).map(([name, makespanS]) => ({
      policy: `(${name})`,
      ratio: makespanS / lowerBoundS,
      toBefore: makespanS / (references[BEFORE] ?? Number.NaN),
    })),
  )
}

function worstToBefore(ratios: readonly Ratio[]): string {
  const known = ratios.flatMap(({ toBefore }) => (toBefore !== null && toBefore > 0 ? [toBefore] : []))
  return known.length > 0 ? Math.max(...known).toFixed(3) : ''
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
