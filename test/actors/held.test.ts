import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createScheduler } from '../../src/index.ts'
import { makeTemporaryFolder } from '../support/temporaryFolder.ts'

test('an outcome is written down with what its job held of the node', async () => {
  const runDir = join(await makeTemporaryFolder(), 'run')
  const capacity = { threads: 2, ramGb: 4, gpus: 2, gpuRamGb: 8, resources: { licence: 1 } }
  const scheduler = await createScheduler({ runDir, capacity, cudaContextGb: 1 })
  scheduler.add([
    { id: 'gpu', inline: () => 1, threads: 0.5, ramGb: 1, gpus: 1, gpuShare: 0.5, gpuRamGb: 2 },
    { id: 'plain', inline: () => 1, resources: { licence: 0.5 } },
    { id: 'never', inline: () => 1, threads: 2 },
  ])
  scheduler.cancel('never')
  await scheduler.run()
  await scheduler.close()
  const text = await readFile(join(runDir, 'results.jsonl'), 'utf8')
  const lines = text.trim().split('\n')
  const held = Object.fromEntries(lines.map(line => JSON.parse(line)).map(({ id, held }) => [id, held]))
  expect(held).toEqual({
    gpu: {
      ...{ threads: 0.5, ramGb: 1, cores: [], gpus: [expect.any(String)], gpuShare: 0.5, gpuRamGb: 3 },
      resources: {},
    },
    plain: {
      ...{ threads: 1, ramGb: 0, cores: [], gpus: [], gpuShare: 0, gpuRamGb: 0, resources: { licence: 0.5 } },
    },
    never: null,
  })
})
