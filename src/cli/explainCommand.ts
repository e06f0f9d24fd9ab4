import type { Command } from 'commander'
import { runFolderOf } from './runFolder.ts'

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .summary('why a job waits, was placed where it was, or how it ended')
    .description('Explains where a job of a run stands, and why.')
    .argument('<run>', 'folder of the run, or its name in longshore-runs/')
    .argument('<id>', 'id of the job, as in results.jsonl and in the names of its logs')
    .option('--json', 'as one JSON object')
    .action((run: string, id: string, { json = false }: { readonly json?: boolean }) =>
      explain(run, id, json),
    )
}

async function explain(run: string, id: string, asJson: boolean): Promise<void> {
  const { explainRecorded } = await import('../explainRecorded.ts')
  const { explanationText } = await import('../reports/explanation/text.ts')
  const explanation = explainRecorded(runFolderOf(run), id, Date.now())
  const text = asJson
    ? JSON.stringify(explanation, null, 2)
    : explanationText(explanation, process.stdout.columns)
  process.stdout.write(`${text}\n`)
}
