/** What an engine starts on a node: see `serve.ts`. What was compiled once need not be compiled at the next start. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./serve.ts')
