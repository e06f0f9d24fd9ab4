import type { Command } from 'commander'
import { LongshoreError } from '../errors.ts'
import type { Explanation, RecordedExplanation } from '../explanation.ts'
import { jobIdOf } from './jobId.ts'
import { runFolderOf } from './runFolder.ts'

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .summary('why a job waits, was placed where it was, or how it ended')
    .description('Explains where a job of a run stands, and why.')
    .argument('<run>', 'folder of the run, or its name in longshore-runs/')
    .argument('<id>', 'id of the job, as in results.jsonl and in the names of its logs; or its name')
    .option('--json', 'as one JSON object')
    .action((run: string, id: string, { json = false }: { readonly json?: boolean }) =>
      explain(run, id, json),
    )
}

async function explain(run: string, id: string, asJson: boolean): Promise<void> {
  const { explanationText } = await import('../reports/explanation/text.ts')
  const runDir = runFolderOf(run)
  const explanation = await explanationOf(runDir, await jobIdOf(runDir, id))
  const text = asJson
    ? JSON.stringify(explanation, null, 2)
    : explanationText(explanation, process.stdout.columns)
  process.stdout.write(`${text}\n`)
}

/** The scheduler that runs the job says why; where there is none, or it knows no such job, the record of the run says what it can. */
async function explanationOf(runDir: string, id: string): Promise<Explanation | RecordedExplanation> {
  const { ask } = await import('../control/client.ts')
  try {
    return (await ask(runDir, { op: 'explain', id })) as Explanation
  } catch (error) {
    if (!(error instanceof LongshoreError)) throw error
    const { explainRecorded } = await import('../run/explainRecorded.ts')
    return explainRecorded(runDir, id, Date.now())
  }
}
