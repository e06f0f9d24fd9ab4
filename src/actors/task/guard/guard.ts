import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { Socket } from 'node:net'
import { extname } from 'node:path'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** Whoever was started by a worker has it in its environment, unless it was cleared: names the executor it worked for. */
export const GUARD_MARK = 'LONGSHORE_GUARD'

/** Outlives this process for a moment, and ends what the tasks of its workers have started. */
export interface Guard {
  /** What workers are to be started with. */
  readonly env: Readonly<Record<string, string>>
  /** A worker was started, which leads a session of its own. */
  watch(pid: number): void
  /** Neither it nor anything that it has started runs any more. */
  forget(pid: number): void
  /** No worker is left: the guard ends too. */
  close(): void
}

/**
 * Remembers the workers that live, by lines on its standard input. That it closes without a word means that the executor is gone:
 * then it becomes a Node that ends what was theirs. Until then a shell, since it does nothing but wait: 1 MB, not 40.
 */
const SCRIPT = `trap '' HUP INT TERM
node=$1 script=$2 mark=$3
shift 3
while read -r word pid; do
  case $word in
  watch) set -- "$@" "$pid" ;;
  forget) for one do shift; [ "$one" = "$pid" ] || set -- "$@" "$one"; done ;;
  *) exit 0 ;;
  esac
done
[ $# -eq 0 ] || exec "$node" --disable-warning=ExperimentalWarning "$script" "$mark" "$@"`

/**
 * Starts a guard. The kernel ends workers with their scheduler, but not what their tasks have started; and a worker that computes
 * does not see that its scheduler is gone. Where no guard can be started, that is left to whoever resumes the run.
 */
export function startGuard(): Guard {
  const mark = randomUUID()
  const main = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url))
  const words = trySpawn(['-c', SCRIPT, 'longshore-guard', process.execPath, main, mark])
  const say = (line: string): void => void words?.write(`${line}\n`)
  return {
    env: { [GUARD_MARK]: mark },
    watch: pid => say(`watch ${pid}`),
    forget: pid => say(`forget ${pid}`),
    close: () => say('end'),
  }
}

/** Returns its standard input. Most failures of a spawn come as an event, some are thrown. */
function trySpawn(args: readonly string[]): Writable | null {
  try {
    const child = spawn('/bin/sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
    for (const one of [child, child.stdin]) one.on('error', () => {})
    child.unref()
    if (child.stdin instanceof Socket) child.stdin.unref()
    return child.stdin
  } catch {
    return null
  }
}
