import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

const SHAPES = 50
const GROUPS = 10
/** Lines that are written at once. */
const BLOCK = 10_000

/** Writes a job file: jobs of 50 shapes in 10 groups, each of 10 to 1,000 s, as a person would write them. */
export async function writeJobs(path: string, count: number): Promise<void> {
  const file = createWriteStream(path)
  for (let from = 0; from < count; from += BLOCK) {
    const lines = Array.from({ length: Math.min(BLOCK, count - from) }, (_, i) => `${lineOf(from + i)}\n`)
    if (!file.write(lines.join(''))) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

function lineOf(n: number): string {
  const shape = n % SHAPES
  return JSON.stringify({
    name: `fit-${n}`,
    group: `g${shape % GROUPS}`,
    command: ['python', 'fit.py', '--seed', `${n}`],
    threads: 1 + (shape % 5),
    ramGb: 1 + Math.floor(shape / 5),
    ...(shape % 10 === 0 && { gpus: 1, gpuShare: 0.5, gpuRamGb: 4 }),
    timeS: Math.round(1000 * 10 * 100 ** ((n * 0.6180339887) % 1)) / 1000,
  })
}
