import { Command } from 'commander'
import { addExplainCommand } from './explainCommand.ts'
import { addLogsCommand } from './logsCommand.ts'
import { addNodeCommand } from './nodeCommand.ts'
import { addOrderCommands } from './orderCommands.ts'
import { addPlanCommand } from './planCommand.ts'
import { addPsCommand } from './psCommand.ts'
import { addResumeCommand } from './resumeCommand.ts'
import { addRunCommand } from './runCommand.ts'
import { addSbatchCommand } from './sbatchCommand.ts'
import { addStatusCommand } from './statusCommand.ts'

export interface ProgramOptions {
  readonly version: string
  /** What stands behind `--`; `null` where there is none. */
  readonly command: readonly string[] | null
}

const EXAMPLES = `
Examples:
  $ longshore run jobs.jsonl
  $ longshore run --threads 2 --sweep seed=1..5 -- python fit.py --seed {seed}
  $ longshore plan jobs.jsonl
  $ longshore node

longshore run --help tells more.`

/** The command line, ready to parse. It ends by throwing, never by leaving the process. */
export function createProgram({ version, command }: ProgramOptions): Command {
  const program = new Command('longshore')
    .usage('COMMAND [options]')
    .description(
      'Runs many heavy jobs on the machine at hand: as many at once as fit into threads, RAM, GPUs and GPU RAM, the longest first, with an honest remaining time.',
    )
    .version(version, '--version', 'print the version')
    .option('--debug', 'show where in the code an error comes from')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('(longshore --help shows what there is)')
    .exitOverride()
    .addHelpText('after', EXAMPLES)
  addRunCommand(program, command)
  addPlanCommand(program, command)
  addResumeCommand(program)
  addSbatchCommand(program, command)
  addStatusCommand(program)
  addLogsCommand(program)
  addExplainCommand(program)
  addOrderCommands(program, command)
  addPsCommand(program)
  addNodeCommand(program)
  return program
}
