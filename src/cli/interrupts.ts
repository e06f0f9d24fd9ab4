import { isatty } from 'node:tty'
import type { Scheduler } from '../scheduler.ts'
import { EXIT } from './failure.ts'

/** How a run was stopped from outside, as an exit status; `null` when it was not. */
export interface Interrupts {
  readonly status: number | null
  /** Gives Ctrl-C back to Node. */
  stop(): void
}

/**
 * Ctrl-C stops placing and waits for what runs; a second one, TERM, or a terminal of its own that is closed ends what
 * runs as well. `tell` shows a line to the user.
 */
export function listenForInterrupts(
  scheduler: Pick<Scheduler, 'drain' | 'close' | 'progress'>,
  tell: (line: string) => void,
): Interrupts {
  let status: number | null = null
  let isEnding = false

  const end = (why: string, by: string) => {
    if (isEnding) return
    isEnding = true
    tell(`${why}: ending the running jobs (TERM, then KILL after a grace).`)
    void scheduler.close(by)
  }
  const onInterrupt = () => {
    if (status !== null) return end('Ctrl-C again', 'Ctrl-C')
    status = EXIT.interrupted
    const { running } = scheduler.progress().counts
    tell(
      `Ctrl-C: no more jobs are started; waiting for ${running} that run${running === 1 ? 's' : ''}. Ctrl-C again ends them.`,
    )
    void scheduler.drain('Ctrl-C')
  }
  const onTerminate = () => {
    status = EXIT.terminated
    end('Told to end', 'TERM')
  }
  // Where nothing of it goes to a terminal, as under nohup, none that is closed is its own. Node undoes what nohup has done.
  const hasTerminal = [0, 1, 2].some(isatty)
  const onHangUp = () => {
    if (!hasTerminal) return
    status = EXIT.terminated
    end('The terminal was closed', 'the terminal was closed')
  }

  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  process.on('SIGHUP', onHangUp)
  return {
    get status() {
      return status
    },
    stop() {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
      process.off('SIGHUP', onHangUp)
    },
  }
}
