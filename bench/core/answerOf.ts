import { spawn } from 'node:child_process'
import { ended, lastWords } from './timeProcess.ts'

/**
 * Runs a program and returns the last line of its standard output, read as JSON. What is measured inside a process
 * of its own does not depend on what ran before it. Rejects when it fails, with the end of what it said.
 */
export async function answerOf<T>(
  [program = '', ...args]: readonly string[],
  { env = process.env, cwd }: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<T> {
  const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const said = lastWords(child.stderr)
  const code = await ended(child)
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${said()}`)
  return JSON.parse(output.trim().split('\n').at(-1) ?? '')
}
