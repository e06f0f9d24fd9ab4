import { existsSync, readdirSync } from 'node:fs'
import { agentFolder, launcherFolder } from '../actors/record/folder.ts'
import { LongshoreError } from '../errors.ts'
import type { Backend, BackendHost } from './backend.ts'

/**
 * Commands of a run that still run are found by the kind of backend alone that has started them: on this machine, or
 * on others. Throws a `LongshoreError` where the run was left by the other kind.
 */
export function checkBelonging(
  { name, runsInline: isHere }: Pick<Backend, 'name' | 'runsInline'>,
  { open, runDir }: Pick<BackendHost, 'open' | 'runDir'>,
): void {
  if (open.size === 0) return
  const elsewhere = [...open.keys()].map(node => agentFolder(runDir, node)).find(existsSync)
  if (isHere && elsewhere !== undefined) throw other(name, 'other machines', elsewhere)
  if (!isHere && hasNotebooks(runDir))
    throw other(name, 'this machine (--backend local)', launcherFolder(runDir))
}

function hasNotebooks(runDir: string): boolean {
  const folder = launcherFolder(runDir)
  return existsSync(folder) && readdirSync(folder).some(file => file.endsWith('.jsonl'))
}

function other(name: string, where: string, folder: string): LongshoreError {
  return new LongshoreError(
    `commands of this run were started on ${where} and may still run, which the backend ${name} cannot know: go on with the backend that started them; where nothing of them runs for certain, remove ${folder} first`,
  )
}
