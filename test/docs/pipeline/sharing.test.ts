import { gpuLedgerMachine } from 'longshore/machines'
import { expect, test } from 'vitest'
import { getShortestPaths } from 'xstate/graph'
import { trainings } from './pipeline.ts'

test('two small models share a GPU, a large one has it alone', () => {
  const jobs = [...trainings('a'), ...trainings('b')]
  const paths = getShortestPaths(gpuLedgerMachine, {
    input: { id: '0', name: 'GPU', ramGb: 24 },
    // A ledger counts in thousandths and in bytes.
    events: jobs.map(({ id, gpuShare, gpuRamGb }) => ({
      type: 'gpu.reserve' as const,
      placementId: String(id),
      gpuShare: (gpuShare ?? 1) * 1000,
      gpuRam: (gpuRamGb ?? 0) * 2 ** 30,
    })),
    serializeState: ({ context }) => [...context.reservations.keys()].sort().join(' + '),
  })
  const together = paths.map(({ state }) => [...state.context.reservations.keys()].sort().join(' + '))
  expect(together.sort()).toEqual(['', 'large-a', 'large-b', 'small-a', 'small-a + small-b', 'small-b'])
})
