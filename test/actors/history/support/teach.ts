// A process of its own that teaches a history: path, group, number of jobs, seconds that each took.
import { systemClock } from '../../../../src/actors/clock.ts'
import { History } from '../../../../src/actors/history/history.ts'
import { buildJob } from '../../../../src/testing/builders.ts'

const [path = '', group = '', count = '0', seconds = '1'] = process.argv.slice(2)
const history = new History({
  path,
  clock: systemClock,
  warn(message) {
    process.stderr.write(`${message}\n`)
    process.exitCode = 1
  },
})
for (let i = 0; i < Number(count); i++) {
  const job = buildJob({
    id: String(i),
    group,
    timeS: 10,
    run: { kind: 'command', command: ['fit', String(i)] },
  })
  history.note(job, { status: 'succeeded', representative: true, durationS: Number(seconds) })
  // The event loop turns, so that it is written bit by bit, while the other process does the same.
  if (i % 500 === 0) await new Promise(resolve => setImmediate(resolve))
}
history.close()
