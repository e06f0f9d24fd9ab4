/** The simulator of the built package, with the types of the source. */
export const { simulateSystem } = (await import(
  new URL('../../dist/testing/index.js', import.meta.url).href
)) as typeof import('../../src/testing/index.ts')
