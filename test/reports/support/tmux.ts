import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A program in a real terminal. */
export interface TmuxTerminal {
  /** Lines on the screen, without blanks at their ends and without empty lines below. */
  screen(): Promise<string[]>
  /** The same with all that has been scrolled away. */
  everything(): Promise<string[]>
  resize(columns: number, rows: number): Promise<void>
  /** Types a line. */
  enter(line: string): Promise<void>
  /** Types Ctrl-C. */
  interrupt(): Promise<void>
  /** True while the cursor is shown. */
  cursorShown(): Promise<boolean>
  close(): Promise<void>
}

export function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Starts a command in a terminal of its own that does not echo what is typed; all that the command writes is also written to `transcript`. */
export async function tmuxTerminal(
  command: string,
  size: { readonly columns: number; readonly rows: number },
  transcript: string,
): Promise<TmuxTerminal> {
  const socket = `longshore-test-${process.pid}-${performance.now()}`
  const tmux = async (...args: string[]): Promise<string> => {
    return (await run('tmux', ['-L', socket, '-f', '/dev/null', ...args])).stdout
  }
  // What is typed before the terminal has been told not to echo it would stand on the screen.
  const waiting = `stty -echo; tmux wait-for -S ready; read line; ${command}; read line`
  const [x, y] = [String(size.columns), String(size.rows)]
  await tmux('new-session', '-d', '-x', x, '-y', y, 'sh', '-c', waiting, ';', 'set', '-g', 'status', 'off')
  await tmux('resize-window', '-x', x, '-y', y)
  await tmux('pipe-pane', `cat > '${transcript}'`)
  await tmux('wait-for', 'ready')
  const enter = async (line: string): Promise<void> => void (await tmux('send-keys', line, 'Enter'))
  await enter('')
  return {
    enter,
    screen: async () => linesOf(await tmux('capture-pane', '-p')),
    everything: async () => linesOf(await tmux('capture-pane', '-p', '-S', '-')),
    resize: async (columns, rows) => {
      await tmux('resize-window', '-x', String(columns), '-y', String(rows))
    },
    interrupt: async () => void (await tmux('send-keys', 'C-c')),
    cursorShown: async () => (await tmux('display-message', '-p', '#{cursor_flag}')).trim() === '1',
    close: async () => {
      await tmux('kill-server').catch(() => undefined)
    },
  }
}

function linesOf(captured: string): string[] {
  const lines = captured.split('\n').map(line => line.trimEnd())
  return lines.slice(0, lines.findLastIndex(line => line !== '') + 1)
}
