// Runs /bin/true by p-queue and execa, two at a time.
const begin = performance.now()
const { default: PQueue } = await import('p-queue')
const { execa } = await import('execa')

const count = Number(process.argv[2])
const queue = new PQueue({ concurrency: 2 })
const started = performance.now()
for (let index = 0; index < count; index++) queue.add(() => execa('/bin/true'))
await queue.onIdle()
const ended = performance.now()
console.log(JSON.stringify({ startS: (started - begin) / 1000, workS: (ended - started) / 1000 }))
