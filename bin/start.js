import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'

// What was compiled once need not be compiled at the next start.
enableCompileCache()

// A checkout runs from its source; the package holds only what was built of it.
const source = new URL('../src/cli/main.ts', import.meta.url)
const built = new URL('../dist/cli/main.js', import.meta.url)
const isCheckout = process.env.LONGSHORE_DIST !== '1' && existsSync(source)
const { main } = await import((isCheckout ? source : built).href)
await main(process.argv.slice(2))
