import { describe, expect, it } from 'vitest'
import { normalQuantile } from '../../../src/machines/normal.ts'
import { predictedTotalS } from '../../../src/machines/placement/area.ts'
import { PendingQueue } from '../../../src/machines/placement/queue.ts'
import { pendingOf } from './support/situation.ts'

describe('the predicted seconds of a bucket', () => {
  it.for([1, 0.8, 1.2])(
    'are those of its jobs, where predictions grow with the estimate to the power of %d',
    power => {
      const queue = new PendingQueue()
      const times = Array.from({ length: 1000 }, (_, i) => 60 * Math.exp(normalQuantile((i + 0.5) / 1000)))
      for (const [seq, timeS] of times.entries()) queue.add(pendingOf({ id: `j${seq}`, timeS }, seq))
      const [bucket] = queue.buckets()
      if (!bucket) throw new Error('there is no bucket')
      const seconds = (timeS: number) => 3 * timeS ** power
      const total = predictedTotalS({ predict: ({ job }) => seconds(job.timeS ?? 0) }, bucket)
      const truth = times.reduce((sum, timeS) => sum + seconds(timeS), 0)
      expect(total / truth).toBeGreaterThan(0.97)
      expect(total / truth).toBeLessThan(1.03)
    },
  )
})
