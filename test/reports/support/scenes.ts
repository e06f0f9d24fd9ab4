import type { RunPicture } from '../../../src/progress.ts'
import { aFailure, aGpu, aJob, aNode, aPicture, aProgress } from './pictures.ts'

/** Pictures that differ in height and in every part; always the same for the same number. */
export function scene(number: number): RunPicture {
  const running = Array.from({ length: 1 + ((number * 7) % 12) }, (_, i) =>
    aJob({
      id: `j${i}`,
      name: `job ${number}/${i} ${'機械'.repeat((number + i) % 4)}`,
      elapsedS: number * i,
    }),
  )
  const failures = Array.from({ length: number % 4 }, (_, i) => aFailure({ name: `broken ${i}` }))
  const gpus = Array.from({ length: number % 3 }, (_, i) => aGpu(i))
  return aPicture({
    progress: aProgress({ elapsedS: number, fraction: (number % 100) / 100 }),
    nodes: [aNode({ gpus, threads: { used: number % 16, capacity: 16 } })],
    running,
    failures,
  })
}
