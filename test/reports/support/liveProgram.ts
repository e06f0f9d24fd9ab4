/**
 * A program with a live view on its standard error, for a real terminal: shows scenes in a storm of events for as
 * many milliseconds as its first argument says, then tells in the file of its second argument how long that took,
 * stays at the last scene, and ends with the END report when a line comes in.
 */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Subject } from 'rxjs'
import { systemClock } from '../../../src/actors/clock.ts'
import type { RunEvent } from '../../../src/progress.ts'
import { attachReports } from '../../../src/reports/attach.ts'
import { aReport, NOW } from './pictures.ts'
import { scene } from './scenes.ts'

const LAST_SCENE = 40
const [milliseconds = '0', toldIn = ''] = process.argv.slice(2)

const events$ = new Subject<RunEvent>()
let shown = 0
const reports = attachReports({
  mode: 'live',
  events$,
  picture: () => scene(shown),
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
})

process.stderr.write('what stood here before\n')
const beganAt = performance.now()
while (performance.now() - beganAt < Number(milliseconds)) {
  shown = Math.floor(performance.now() - beganAt)
  events$.next({ type: 'job.started', at: NOW, id: String(shown), pid: null })
  await sleep(1)
}
events$.next({ type: 'warning', at: NOW, message: 'a warning' })
shown = LAST_SCENE
events$.next({ type: 'job.started', at: NOW, id: 'last', pid: null })
writeFileSync(toldIn, String(performance.now() - beganAt))
await once(process.stdin, 'data')
await reports.end(aReport({ runDir: null }))
process.exit()
