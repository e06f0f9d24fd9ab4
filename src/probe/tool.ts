import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { ResultPromise } from 'execa'

/** Variables of the process that asks: where tools are looked up, and what limits the GPUs. */
export type Environment = Readonly<Record<string, string | undefined>>

/** How a tool ended. `problem` is one line: its own last words, or what became of it. */
export type ToolResult =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly problem: string }

/** Path of a program in `PATH`, `null` where there is none. Starts no process. */
export function findProgram(name: string, env: Environment): string | null {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return folders.map(folder => join(folder, name)).find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/**
 * Runs a tool and gathers its output. Never rejects. A tool that takes longer than `timeoutS` seconds is killed and not
 * waited for: a process that hangs in a broken driver cannot even be killed.
 */
export async function runTool(
  path: string,
  args: readonly string[],
  env: Environment,
  timeoutS: number,
): Promise<ToolResult> {
  const { execa } = await import('execa')
  const child = execa(path, args, { env, extendEnv: false, stdin: 'ignore', reject: false })
  const { promise: late, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(resolve, timeoutS * 1000, null)
  const ended = await Promise.race([child, late])
  clearTimeout(timer)
  if (ended) return resultOf(ended)
  abandon(child)
  return { ok: false, problem: `it gave no answer within ${timeoutS} s` }
}

/** Kills a child and lets go of it, so that it cannot keep this process alive. */
function abandon(child: Pick<ResultPromise, 'kill' | 'stdout' | 'stderr' | 'unref'>): void {
  child.kill('SIGKILL')
  child.stdout?.destroy()
  child.stderr?.destroy()
  child.unref()
}

interface Ended {
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly stdout: string
  readonly stderr: string
  /** Present when it was never started, or did not end well. */
  readonly originalMessage?: string | undefined
}

function resultOf({ exitCode, signal, stdout, stderr, originalMessage = '' }: Ended): ToolResult {
  if (exitCode === 0) return { ok: true, stdout }
  if (exitCode === undefined && signal === undefined) return { ok: false, problem: originalMessage }
  const words = firstLine(stderr) ?? firstLine(stdout)
  const ending = signal ? `it was ended by ${signal}` : `it ended with exit code ${exitCode}`
  return { ok: false, problem: words ? `${words} (${ending})` : ending }
}

/** nvidia-smi writes its errors to standard output. */
function firstLine(text: string): string | null {
  return (
    text
      .split('\n')
      .find(line => line.trim() !== '')
      ?.trim() ?? null
  )
}
