/** The built package, with the types of the source: as a user of the package imports it. */
export const { command, createScheduler, inline, task } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts')
