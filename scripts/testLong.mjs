// The long campaigns: the tests that draw random runs, with 10,000 of them each (LONGSHORE_RUNS sets another number).
import { spawnSync } from 'node:child_process'

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    'test/crash',
    'test/faults',
    'test/machines',
    'test/simulator',
    'test/testing',
    ...process.argv.slice(2),
  ],
  {
    stdio: 'inherit',
    env: { LONGSHORE_RUNS: '10000', LONGSHORE_TEST_TIMEOUT_S: '3600', ...process.env },
  },
)
process.exit(status ?? 1)
