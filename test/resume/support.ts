import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readNotebook } from '../../src/actors/command/notebook.ts'
import { processTree } from '../../src/actors/command/processes.ts'
import { readProc } from '../../src/actors/procfs.ts'
import { openDatabase } from '../../src/actors/sqlite.ts'
import { PROGRAM } from '../cli/support/longshore.ts'

/** A run in a folder of the test's own, whose schedulers can be killed. */
export class Desk {
  readonly folder: string
  runDir: string
  readonly #started: ChildProcess[] = []

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'longshore-resume-'))
    this.runDir = join(this.folder, 'run')
    onTestFinished(() => {
      for (const child of this.#started) child.kill('SIGKILL')
      for (const pid of [...this.launchers(), ...this.commands()]) kill(pid)
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  text(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : ''
  }

  /** Writes a job file; returns its name. */
  jobs(jobs: readonly object[], name = 'jobs.jsonl'): string {
    writeFileSync(this.path(name), jobs.map(job => `${JSON.stringify(job)}\n`).join(''))
    return name
  }

  /** Starts the command line in this folder. */
  start(...args: readonly string[]): Scheduler {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#started.push(child)
    return new Scheduler(child)
  }

  /** Runs the command line to its end. */
  async call(...args: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const { closed, said } = this.start(...args)
    return { status: await closed, ...said }
  }

  /** Processes of launchers that may live still. */
  launchers(): number[] {
    return this.#notes().flatMap(entry => (entry.type === 'launcher' ? [entry.pid] : []))
  }

  /** Leaders of commands that launchers have seen. */
  commands(): number[] {
    return this.#notes().flatMap(entry => (entry.type === 'seen' ? [entry.pid] : []))
  }

  /** Processes that watch over the workers of a scheduler. */
  guardsOf({ child }: Scheduler): number[] {
    const descendants = processTree(child.pid ?? 0).map(({ pid }) => pid)
    return descendants.filter(pid => (readProc(`/proc/${pid}/cmdline`) ?? '').includes('longshore-guard'))
  }

  /** Kills processes. */
  end(pids: readonly number[]): void {
    pids.forEach(kill)
  }

  /** Status of each job, as the journal has it. */
  statuses(): Record<string, string[]> {
    const db = openDatabase(join(this.runDir, 'journal.sqlite'), { readOnly: true })
    const statuses: Record<string, string[]> = {}
    for (const { job, status } of db.prepare('select job, status from outcomes order by seq').all()) {
      statuses[String(job)] = [...(statuses[String(job)] ?? []), String(status)]
    }
    db.close()
    return statuses
  }

  /** The outcomes in `results.jsonl`. */
  results(): { id: string; status: string; attempts: number }[] {
    const lines = readFileSync(join(this.runDir, 'results.jsonl'), 'utf8').trimEnd().split('\n')
    return lines.map(line => JSON.parse(line))
  }

  #notes() {
    const folder = join(this.runDir, 'launchers')
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter(name => name.endsWith('.jsonl'))
      .flatMap(name => readNotebook(join(folder, name)))
  }
}

/** A scheduler in a process of its own. */
export class Scheduler {
  readonly child: ChildProcess
  readonly said = { stdout: '', stderr: '' }
  /** Resolves with its exit status when it is gone and all that it said has been read. */
  readonly closed: Promise<number | null>

  constructor(child: ChildProcess) {
    this.child = child
    this.closed = once(child, 'close').then(([status]) => status)
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.setEncoding('utf8').on('data', text => {
        this.said[stream] += text
      })
  }

  /** Resolves when this has been said on standard output or standard error. */
  async says(text: string): Promise<void> {
    while (!this.said.stdout.includes(text) && !this.said.stderr.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`It has ended: ${this.said.stderr}`)
      await Promise.race([
        once(this.child.stdout ?? this.child, 'data'),
        once(this.child.stderr ?? this.child, 'data'),
        once(this.child, 'exit'),
      ])
    }
  }

  /** Kills it; resolves when it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal)
    await this.closed
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone.
  }
}
