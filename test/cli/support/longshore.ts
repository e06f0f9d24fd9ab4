import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { onTestFinished } from 'vitest'
import type { RunEvent } from '../../../src/progress.ts'

export const PROGRAM = fileURLToPath(new URL('../../../bin/longshore.js', import.meta.url))

/** A folder of the test's own, gone when the test is over. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface CallOptions {
  readonly cwd?: string
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Calls the command line as a user does, in a process of its own. */
export async function longshore(
  args: readonly string[],
  { cwd = newFolder(), input = '', env = {} }: CallOptions = {},
) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { NO_COLOR: '1', ...env },
    input,
    reject: false,
  })
  return { exitCode, stdout, stderr }
}

/** A run that is still going on, and what it tells. */
export interface Going {
  kill(signal: NodeJS.Signals): void
  readonly exitCode: Promise<number | undefined>
  /** Closes both ends that its output goes into. */
  hangUp(): void
  /** Resolves with the next event of this type. */
  event<Type extends RunEvent['type']>(type: Type): Promise<RunEvent & { readonly type: Type }>
  /** Resolves when this text has been written to standard error. */
  said(text: string): Promise<void>
  /** All that has been written to standard error. */
  errorText(): string
}

/** Resolves when a file comes to be in a folder. */
export async function appeared(folder: string, name: string): Promise<void> {
  for await (const { filename } of watch(folder)) if (filename === name) return
}

/** Starts `longshore run --reports json …`. */
export function start(args: readonly string[], cwd: string, reports: 'json' | 'plain' = 'json'): Going {
  const running = execa(process.execPath, [PROGRAM, 'run', '--reports', reports, ...args], {
    cwd,
    reject: false,
    stdin: 'ignore',
  })
  onTestFinished(() => void running.kill('SIGKILL'))
  const events = createInterface({ input: running.stdout })[Symbol.asyncIterator]()
  let said = ''
  running.stderr.on('data', chunk => {
    said += chunk
  })
  return {
    kill: signal => void running.kill(signal),
    exitCode: running.then(({ exitCode }) => exitCode),
    hangUp() {
      running.stdout.destroy()
      running.stderr.destroy()
    },
    async event(type) {
      for (;;) {
        const { value, done } = await events.next()
        if (done) throw new Error(`The run ended before an event "${type}": ${said}`)
        const event: RunEvent = JSON.parse(value)
        if (event.type === type) return event as RunEvent & { readonly type: typeof type }
      }
    },
    async said(text) {
      while (!said.includes(text)) await once(running.stderr, 'data')
    },
    errorText: () => said,
  }
}
