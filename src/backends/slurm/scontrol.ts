import { execa } from 'execa'
import { InvalidOptionsError, LongshoreError } from '../../errors.ts'
import { type Allocation, parseAllocation } from './allocation.ts'
import { parseNodes, type SlurmNode } from './nodeState.ts'

/** Thrown when slurmctld does not answer: it may be being restarted, so that it is worth to ask again. */
export class SlurmSilentError extends LongshoreError {
  override name = 'SlurmSilentError'
}

/** Asks SLURM. Each call is a process; nothing is kept. */
export interface Scontrol {
  /** `null` for a job that SLURM does not know (any more). Throws a `SlurmSilentError` where it does not answer. */
  allocation(jobId: string): Promise<Allocation | null>
  /** Nodes of a list as SLURM writes it. Throws a `SlurmSilentError` where it does not answer. */
  nodes(list: string): Promise<SlurmNode[]>
  /** Names in a list as SLURM writes it: `n[1-2,4]` → n1, n2, n4. */
  hostnames(list: string): Promise<string[]>
}

/** `environment`: that of the calls; times are told in the form that is read here, whatever it says. */
export function createScontrol(environment: NodeJS.ProcessEnv = process.env): Scontrol {
  const ask = (...args: readonly string[]) => call(environment, args)
  return {
    async allocation(jobId) {
      try {
        return parseAllocation(await ask('--oneliner', '--details', 'show', 'job', jobId))
      } catch (error) {
        if (error instanceof LongshoreError && error.message.includes('Invalid job id')) return null
        throw error
      }
    },
    nodes: async list => parseNodes(await ask('--oneliner', 'show', 'node', list)),
    hostnames: async list => (await ask('show', 'hostnames', list)).split('\n').filter(Boolean),
  }
}

/** Beyond that, slurmctld is as good as not there. */
const TIMEOUT_MS = 30_000

async function call(environment: NodeJS.ProcessEnv, args: readonly string[]): Promise<string> {
  const env = { ...environment, SLURM_TIME_FORMAT: 'standard', LC_ALL: 'C' }
  const { failed, code, stdout, stderr, timedOut } = await execa('scontrol', args, {
    ...{ env, extendEnv: false, reject: false, stdin: 'ignore', timeout: TIMEOUT_MS },
  })
  if (!failed) return stdout
  if (code === 'ENOENT') throw new InvalidOptionsError([{ where: 'backend', message: NO_SLURM }])
  const said = (stderr || stdout).trim()
  if (timedOut || SILENT.test(said)) throw new SlurmSilentError(`slurmctld does not answer: ${said}`)
  throw new LongshoreError(`scontrol ${args.join(' ')} failed: ${said}`)
}

const SILENT =
  /Unable to contact|Socket timed out|Connection (refused|reset|timed out)|timed out|Transport endpoint|Zero Bytes/i

const NO_SLURM =
  "slurm needs SLURM's programs, and there is no scontrol in PATH: load the module of SLURM (or add its folder to PATH), or run without --backend slurm"
