import type { Finding, Goal, Unit } from '../bench.ts'
import { median, medianRatio } from './statistics.ts'

/** Figures of some rounds, and what they are compared with. */
export interface Figures {
  readonly what: string
  readonly unit: Unit
  /** One for each round; `NaN` where it failed. */
  readonly figures: readonly number[]
  readonly goal?: Goal
  /** Figures of the same rounds. */
  readonly against?: { readonly name: string; readonly figures: readonly number[] }
}

/** Comes to the point: medians, range, and the ratio round by round. */
export function finding({ what, unit, figures, goal, against }: Figures): Finding {
  const known = figures.filter(Number.isFinite)
  return {
    what,
    unit,
    value: median(known),
    range: [Math.min(...known), Math.max(...known)],
    goal: goal ?? null,
    against: against ? { name: against.name, value: median(against.figures) } : null,
    ratio: against ? medianRatio(figures, against.figures) : null,
  }
}

export function atMost(limit: number, of: Goal['of'] = 'value'): Goal {
  return { of, at: 'most', limit }
}

export function atLeast(limit: number, of: Goal['of'] = 'value'): Goal {
  return { of, at: 'least', limit }
}

/** Whether its goal was met; `null` where it has none. */
export function isMet({ goal, value, ratio }: Finding): boolean | null {
  if (goal === null) return null
  const reached = goal.of === 'value' ? value : (ratio ?? Number.NaN)
  return goal.at === 'most' ? reached <= goal.limit : reached >= goal.limit
}
