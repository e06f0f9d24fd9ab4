import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Copied } from '../control/logs.ts'
import { LongshoreError, UnknownJobError } from '../errors.ts'
import { sanitize, sanitizeLine } from '../reports/text/sanitize.ts'
import { jobIdOf } from './jobId.ts'
import { runFolderOf } from './runFolder.ts'

interface LogsFlags {
  readonly follow?: boolean
  readonly stderr?: boolean
}

export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .summary('what a job of a run has written')
    .description('Prints what a job wrote to its standard output, of its last attempt.')
    .argument('<run>', 'folder of the run, or its name in longshore-runs/')
    .argument('<id>', 'id of the job, or its name')
    .option('--stderr', 'what it wrote to its standard error instead')
    .option('-f, --follow', 'go on until the job has ended')
    .action(showLogs)
}

/** A file system that tells nothing of changes (a network's) is looked at so often. */
const LOOK_AGAIN_MS = 500

async function showLogs(
  run: string,
  word: string,
  { follow = false, stderr = false }: LogsFlags,
): Promise<void> {
  const runDir = runFolderOf(run)
  const id = await jobIdOf(runDir, word)
  const { copyLog, lastLog } = await import('../control/logs.ts')
  const ending = stderr ? 'err' : 'out'
  if (!follow && lastLog(runDir, id, ending) === null) return explainNoLog(runDir, id)
  const changes = follow ? watched(join(runDir, 'logs')) : null
  const to = process.stdout.isTTY ? harmless(process.stdout) : process.stdout
  let seen: Copied | null = { path: '', bytes: 0 }
  while (seen !== null) {
    // Asked before the log is read: what was written until the end is then printed.
    const isOver = !follow || (await hasEnded(runDir, id))
    seen = await copyLog(lastLog(runDir, id, ending), seen, to)
    if (isOver) break
    await changes?.next()
  }
  changes?.close()
  if (to !== process.stdout) to.end()
}

/** A task that writes nothing leaves no log: that is no fault. Of a job that is not there, or was not started, it is one. */
async function explainNoLog(runDir: string, id: string): Promise<void> {
  const { findJob } = await import('../actors/journal/find.ts')
  const { nearestId } = await import('../schema/suggest.ts')
  const found = findJob(runDir, id)
  const where = `job "${sanitize(id)}" of ${sanitize(runDir)}`
  if ('ids' in found) throw new UnknownJobError(id, nearestId(id, found.ids))
  if (found.open === null && found.attempts === 0 && (found.outcome?.startedAt ?? null) === null)
    throw new LongshoreError(`${where} has not been started: there is no log of it`)
  process.stderr.write(`${where} has written nothing there\n`)
}

/** On a terminal what a job wrote is shown line by line, harmless; into a file or a pipe it goes as it is. */
function harmless(terminal: Writable): Writable {
  const text = new StringDecoder()
  let rest = ''
  return new Writable({
    write(chunk: Buffer, _, done) {
      const lines = (rest + text.write(chunk)).split('\n')
      rest = lines.pop() ?? ''
      const isTaken = terminal.write(lines.map(line => `${sanitizeLine(line)}\n`).join(''))
      if (isTaken) done()
      else terminal.once('drain', done)
    },
    final(done) {
      if (rest !== '') terminal.write(`${sanitizeLine(rest)}\n`)
      done()
    },
  })
}

async function hasEnded(runDir: string, id: string): Promise<boolean> {
  const { findJob } = await import('../actors/journal/find.ts')
  const found = findJob(runDir, id)
  if ('ids' in found) throw new LongshoreError(`no job "${id}" in ${runDir}`)
  return found.outcome !== null
}

function watched(folder: string) {
  let changed = Promise.withResolvers<void>()
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(folder, () => changed.resolve())
  } catch {
    // Then by looking again.
  }
  return {
    async next(): Promise<void> {
      await Promise.race([changed.promise, wait(LOOK_AGAIN_MS)])
      changed = Promise.withResolvers()
    },
    close: () => watcher?.close(),
  }
}
