import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Starts a daemon of a cluster in the foreground. It ends with this process, however that ends: a test that is killed
 * leaves no cluster behind.
 */
export function startDaemon(folder: string, name: string, command: readonly string[]): ChildProcess {
  const said = openSync(join(folder, `${name}.out`), 'a')
  return spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    stdio: ['ignore', said, said],
    env: daemonEnvironment(folder),
  })
}

/** Programs of SLURM are in folders that only root has in its PATH. */
export function daemonEnvironment(folder: string): NodeJS.ProcessEnv {
  return { PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, SLURM_CONF: join(folder, 'slurm.conf') }
}

/** Ends a daemon at once. Resolves when it is gone. */
export async function killDaemon(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return
  const gone = once(daemon, 'exit')
  daemon.kill('SIGKILL')
  await gone
}
