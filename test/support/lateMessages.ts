import { afterAll, beforeAll, vi } from 'vitest'

/**
 * XState's development build warns of each message to an actor that has stopped. Tests that send such messages on
 * purpose call this, so that other warnings are still seen.
 */
export function expectLateMessages(): void {
  const warn = console.warn.bind(console)
  beforeAll(() => {
    vi.spyOn(console, 'warn').mockImplementation((...said: unknown[]) => {
      if (!String(said[0]).includes('was sent to stopped actor')) warn(...said)
    })
  })
  afterAll(() => {
    vi.restoreAllMocks()
  })
}
