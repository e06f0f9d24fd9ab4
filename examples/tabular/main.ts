import { writeFileSync } from 'node:fs'
import { createScheduler, task } from '../../src/index.ts' // elsewhere: from 'longshore'
import { datasetNames, loadDataset } from './datasets.ts'
import { learners } from './learners.ts'
import { type PlannedFit, planFits } from './plan.ts'
import { toCsv, toScore } from './scores.ts'
import { renderTable } from './table.ts'

const quick = process.argv.includes('--quick') || process.env.LONGSHORE_EXAMPLE_QUICK === '1'
const names = quick ? datasetNames.slice(0, 2) : datasetNames

await using scheduler = await createScheduler({ reports: process.stderr.isTTY ? 'live' : 'plain' })
process.once('SIGINT', () => {
  void scheduler.drain('Ctrl-C') // Ctrl-C: what runs may end
  process.once('SIGINT', () => void scheduler.close('Ctrl-C')) // again: it is ended
})
scheduler.add(planFits(names).map(toJob))
const report = await scheduler.run()

const scores = report.outcomes
  .filter(({ status }) => status === 'succeeded')
  .map(({ value }) => toScore(value))
console.log(`\n${renderTable(names.map(loadDataset), Object.keys(learners), scores)}\n`)
console.log('Accuracy in %, mean±standard deviation over 5 folds, of the best setting of each')
console.log('learner. * best of its line; base line: always the most frequent class.')
writeFileSync('results.csv', toCsv(scores))
console.log(`${scores.length} of ${report.counts.total} fits succeeded; results.csv has a line for each.`)
if (scores.length < report.counts.total) process.exitCode = 1

function toJob({ fit, timeS }: PlannedFit) {
  return {
    name: `${fit.dataset}, ${fit.learner}, ${fit.setting}, fold ${fit.fold}`,
    group: fit.learner,
    timeS,
    threads: 1,
    ramGb: 0.3,
    run: task(new URL('./fit.ts', import.meta.url), fit),
  }
}
