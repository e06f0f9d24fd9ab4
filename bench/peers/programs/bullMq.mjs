// Runs a function that does nothing by BullMQ: two workers in a process of their own each, and a Redis for this run.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const begin = performance.now()
const { Queue } = await import('bullmq')

const count = Number(process.argv[2])
const folder = mkdtempSync(join(tmpdir(), 'redis-'))
const path = join(folder, 'redis.sock')
const options = ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no', '--dir', folder]
const redis = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
for await (const line of redis.stdout) if (`${line}`.includes('ready to accept')) break
redis.stdout.resume()

const connection = { path, maxRetriesPerRequest: null }
const queue = new Queue('noop', { connection })
const workers = [0, 1].map(() => fork(new URL('./bullMqWorker.mjs', import.meta.url), [path]))
await Promise.all(workers.map(worker => once(worker, 'message')))
const { promise: allDone, resolve } = Promise.withResolvers()
let done = 0
const note = completed => {
  done += completed
  if (done >= count) resolve()
}
for (const worker of workers) worker.on('message', note)
const started = performance.now()
await queue.addBulk(Array.from({ length: count }, () => ({ name: 'noop', opts: { removeOnComplete: true } })))
await allDone
const ended = performance.now()
console.log(JSON.stringify({ startS: (started - begin) / 1000, workS: (ended - started) / 1000 }))

for (const worker of workers) worker.kill()
await queue.disconnect()
redis.kill()
await once(redis, 'exit')
rmSync(folder, { recursive: true })
