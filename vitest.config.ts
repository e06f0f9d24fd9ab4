import { defineConfig } from 'vitest/config'

const ALL = ['test/**/*.test.ts']
/** Of what decides and of what reads and writes text: these leave nothing behind, so they share their processes. */
const PURE = ['machines', 'reports', 'schema', 'jobfile', 'probe'].map(room => `test/${room}/**/*.test.ts`)

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closingLine.ts'],
    pool: 'forks',
    // Most tests wait for processes: with one more than there are cores, these have something to do meanwhile.
    maxWorkers: 3,
    testTimeout: Number(process.env['LONGSHORE_TEST_TIMEOUT_S'] ?? 120) * 1000,
    hookTimeout: 120_000,
    allowOnly: false,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: { name: 'real', include: ALL, exclude: PURE, globalSetup: './test/support/build.ts' },
      },
    ],
  },
})
