import { afterAll, beforeAll, vi } from 'vitest'

const EXPECTED = [
  // Messages that come late are sent on purpose.
  'was sent to stopped actor',
  // A custom action that sends to a ledger: what the ledger then assigns is taken for the action's own.
  'Custom actions should not call',
]

/** XState's development build, which tests run with, warns of these; other warnings are still seen. */
export function hushXState(): void {
  const warn = console.warn.bind(console)
  beforeAll(() => {
    vi.spyOn(console, 'warn').mockImplementation((...said: unknown[]) => {
      if (!EXPECTED.some(expected => String(said[0]).includes(expected))) warn(...said)
    })
  })
  afterAll(() => {
    vi.restoreAllMocks()
  })
}
