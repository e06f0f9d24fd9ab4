/** Writes outcomes into a journal until it is killed, and prints each id when the journal says that it is written. */
import { writeSync } from 'node:fs'
import { systemClock } from '../../../../src/actors/clock.ts'
import { openJournal } from '../../../../src/actors/journal/journal.ts'
import { aJob, anOutcome, aPlacement } from '../notes.ts'

const journal = openJournal({ runDir: process.argv[2] ?? '', clock: systemClock, durability: 'default' })
for (let i = 0; ; i++) {
  const job = aJob(`job${i}`)
  journal.added([job])
  journal.placed(aPlacement(job.id))
  journal.ended([anOutcome(job)])
  writeSync(1, `${job.id}\n`)
}
