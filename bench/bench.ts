/** What a bench is given. */
export interface Setting {
  /** How often each contestant runs. */
  readonly rounds: number
  /** A scratch folder of this bench alone; removed at the very end. */
  readonly folder: string
  /** Tells a person, in one line, what happens now. */
  readonly note: (line: string) => void
}

/** A question about speed, and how it is answered. */
export interface Bench {
  /** As `npm run bench NAME` knows it. */
  readonly name: string
  run(setting: Setting): Promise<Finding[]>
}

/** A bound that a figure, or its ratio to what it is compared with, is meant to keep. */
export interface Goal {
  readonly of: 'value' | 'ratio'
  readonly at: 'most' | 'least'
  readonly limit: number
}

/** Seconds, jobs a second, times something, per cent of one core, memory, or bytes. */
export type Unit = 's' | '/s' | '×' | '%' | 'GiB' | 'B'

/** One line of the table. */
export interface Finding {
  readonly what: string
  readonly unit: Unit
  /** Median of the rounds. */
  readonly value: number
  /** Lowest and highest of the rounds. */
  readonly range: readonly [number, number]
  readonly goal: Goal | null
  /** What ran in turns with it, and its median in the same unit. */
  readonly against: { readonly name: string; readonly value: number } | null
  /** Median of the rounds' ratios: of `value` to what it is compared with. */
  readonly ratio: number | null
}
