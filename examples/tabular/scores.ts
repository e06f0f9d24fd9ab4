import { z } from 'zod'

const schema = z.object({
  dataset: z.string(),
  learner: z.string(),
  setting: z.string(),
  fold: z.number(),
  accuracy: z.number(),
  seconds: z.number(),
})

/** What a fit came to: which one it was, its accuracy on the test fold, and the seconds of learning and predicting. */
export type Score = z.infer<typeof schema>

/** A job's value as a score. Throws where it is none. */
export function toScore(value: unknown): Score {
  return schema.parse(value)
}

/** Mean and standard deviation over the folds of one setting. */
export interface Summary {
  readonly setting: string
  readonly mean: number
  readonly deviation: number
}

/** The best setting by its mean over the folds; `null` where no fit of these has succeeded. */
export function bestSetting(scores: readonly Score[]): Summary | null {
  const bySetting = Map.groupBy(scores, score => score.setting)
  const summaries = [...bySetting].map(([setting, group]) => summarise(setting, group))
  return summaries.reduce<Summary | null>((best, one) => (best && best.mean >= one.mean ? best : one), null)
}

function summarise(setting: string, group: readonly Score[]): Summary {
  const mean = group.reduce((sum, { accuracy }) => sum + accuracy, 0) / group.length
  const squares = group.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0)
  return { setting, mean, deviation: Math.sqrt(squares / Math.max(1, group.length - 1)) }
}

/** Every fit as a line of CSV, with a header, in the order data set, learner, setting, fold. */
export function toCsv(scores: readonly Score[]): string {
  const lines = scores.map(({ dataset, learner, setting, fold, accuracy, seconds }) =>
    [dataset, learner, setting, fold, accuracy.toFixed(4), seconds.toFixed(3)].join(','),
  )
  return `data set,learner,setting,fold,accuracy,seconds\n${lines.join('\n')}\n`
}
