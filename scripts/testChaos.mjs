// The campaign against a run of 200 jobs: schedulers, launchers and workers are killed 100 times, and the run is gone on with
// each time. LONGSHORE_CHAOS_JOBS and LONGSHORE_CHAOS_KILLS set other numbers, LONGSHORE_SEED repeats a campaign.
import { spawnSync } from 'node:child_process'

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', 'test/chaos', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: {
      LONGSHORE_CHAOS_JOBS: '200',
      LONGSHORE_CHAOS_KILLS: '100',
      LONGSHORE_TEST_TIMEOUT_S: '3600',
      ...process.env,
    },
  },
)
process.exit(status ?? 1)
