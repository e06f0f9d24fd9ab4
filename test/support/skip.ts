import type { TestContext } from 'vitest'

/**
 * Skips a test whose surroundings are missing, and says why and how to get them. Where everything is expected to
 * be there (`LONGSHORE_NO_SKIPS=1`, as CI sets it) a missing thing is a failure instead.
 */
export function skipUnless(context: TestContext, condition: boolean, why: string): void {
  if (condition) return
  if (process.env['LONGSHORE_NO_SKIPS'] === '1') throw new Error(`Must not be skipped here: ${why}`)
  context.skip(why)
}
