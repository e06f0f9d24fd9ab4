import { readFileSync } from 'node:fs'
import { type Command, CommanderError } from 'commander'
import { InvalidOptionsError } from '../errors.ts'
import { suggestSlip } from '../schema/suggest.ts'
import { EXIT, exitStatusOf } from './failure.ts'
import { createProgram } from './program.ts'

/**
 * Runs a command line (without `node` and the script) and sets the exit status of this process. What stands behind
 * the first `--` is a command for `longshore run`.
 */
export async function main(argv: readonly string[]): Promise<void> {
  goOnWhenNobodyReads()
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const command = end < 0 ? null : argv.slice(end + 1)
  try {
    const program = createProgram({ version: version(), command })
    refuseUnknownTopic(program, own)
    await program.parseAsync(own, { from: 'user' })
  } catch (error) {
    const isDebug = own.includes('--debug') || process.env['LONGSHORE_DEBUG'] === '1'
    process.exitCode = error instanceof CommanderError ? statusOfUsage(error) : exitStatusOf(error, isDebug)
  }
}

/** The parser shows the help of the whole program for `help` of what is no command, and does not say why. */
function refuseUnknownTopic(program: Command, [first, topic]: readonly string[]): void {
  if (first !== 'help' || topic === undefined || topic.startsWith('-') || topic === 'help') return
  const names = program.commands.map(command => command.name())
  if (names.includes(topic)) return
  const near = suggestSlip(topic, names)
  const meant = near === null ? `known are ${names.join(', ')}` : `did you mean "${near}"?`
  throw new InvalidOptionsError([{ where: 'help', message: `unknown command "${topic}": ${meant}` }])
}

/** `--help` and `--version` are no errors, though the parser ends by them; all else is wrong use, told already. */
function statusOfUsage({ exitCode }: CommanderError): number {
  return exitCode === 0 ? 0 : 2
}

/** What goes into `head`, to a terminal that was closed, or onto a disk that is full is lost; the jobs run on. */
function goOnWhenNobodyReads(): void {
  process.stderr.on('error', () => {})
  let isSaid = false
  process.stdout.on('error', error => {
    // EPIPE: of a pipe, EIO: of a terminal. Who does not read any more need not be told.
    if (isSaid || ('code' in error && (error.code === 'EPIPE' || error.code === 'EIO'))) return
    isSaid = true
    process.stderr.write(`What goes to standard output is lost: ${error.message}\n`)
    process.once('exit', code => {
      process.exitCode = code === 0 ? EXIT.someFailed : code
    })
  })
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return JSON.parse(text).version
}
