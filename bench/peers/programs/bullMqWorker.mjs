// A worker of BullMQ. It tells how many jobs it has completed, at most once in a turn of the event loop.
import { Worker } from 'bullmq'
import noop from './noop.mjs'

const [path] = process.argv.slice(2)
const worker = new Worker('noop', noop, { connection: { path, maxRetriesPerRequest: null }, concurrency: 1 })
let completed = 0
const tell = () => {
  process.send(completed)
  completed = 0
}
worker.on('completed', () => {
  if (completed++ === 0) setImmediate(tell)
})
await worker.waitUntilReady()
process.send(0)
