import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

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
export function runTool(
  path: string,
  args: readonly string[],
  env: Environment,
  timeoutS: number,
): Promise<ToolResult> {
  return new Promise(resolve => {
    const child = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    const end = (result: ToolResult) => {
      clearTimeout(timer)
      resolve(result)
    }
    const timer = setTimeout(() => {
      abandon(child)
      end({ ok: false, problem: `it gave no answer within ${timeoutS} s` })
    }, timeoutS * 1000)
    child.on('error', error => end({ ok: false, problem: error.message }))
    child.on('close', (code, signal) => end(resultOf(code, signal, output)))
  })
}

/** Kills a child and lets go of it, so that it cannot keep this process alive. */
function abandon(child: ReturnType<typeof spawn>): void {
  child.kill('SIGKILL')
  child.stdout?.destroy()
  child.stderr?.destroy()
  child.unref()
}

function resultOf(
  code: number | null,
  signal: string | null,
  { stdout, stderr }: { stdout: string; stderr: string },
): ToolResult {
  if (code === 0) return { ok: true, stdout }
  const words = firstLine(stderr) ?? firstLine(stdout)
  const ending = signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`
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
