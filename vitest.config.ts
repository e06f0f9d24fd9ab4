import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/closingLine.ts'],
    globalSetup: './test/support/build.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: Number(process.env['LONGSHORE_TEST_TIMEOUT_S'] ?? 120) * 1000,
    hookTimeout: 120_000,
    allowOnly: false,
  },
})
