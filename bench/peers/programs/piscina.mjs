// Runs a function that does nothing by piscina, in two threads.
const begin = performance.now()
const { Piscina } = await import('piscina')

const count = Number(process.argv[2])
const filename = new URL('./noop.mjs', import.meta.url).href
const pool = new Piscina({ filename, minThreads: 2, maxThreads: 2 })
await Promise.all([pool.run(), pool.run()])
const started = performance.now()
await Promise.all(Array.from({ length: count }, () => pool.run()))
const ended = performance.now()
console.log(JSON.stringify({ startS: (started - begin) / 1000, workS: (ended - started) / 1000 }))
await pool.close()
