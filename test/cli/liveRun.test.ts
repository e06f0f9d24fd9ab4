import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { hasTmux, tmuxTerminal } from '../reports/support/tmux.ts'
import { skipUnless } from '../support/skip.ts'
import { newFolder, PROGRAM } from './support/longshore.ts'

const WAIT = { timeout: 20_000, interval: 50 }

test.for([40, 80])(
  'Ctrl-C leaves one live view on a terminal of %i columns, which says what Ctrl-C does next',
  async (columns, context) => {
    skipUnless(context, hasTmux(), 'needs tmux: apt-get install tmux')
    const folder = newFolder()
    const job = "'until [ -e go ]; do sleep 0.02; done'"
    const run = `trap : INT; cd '${folder}'; '${process.execPath}' '${PROGRAM}' run --sweep n=1..4 -- sh -c ${job}`
    const terminal = await tmuxTerminal(run, { columns, rows: 24 }, join(folder, 'transcript'))
    onTestFinished(() => terminal.close())

    const shows = (title: RegExp) =>
      vi.waitFor(
        async () => expect(titles(await terminal.everything())).toEqual([expect.stringMatching(title)]),
        WAIT,
      )
    await shows(/running/)
    await terminal.interrupt()
    await shows(/draining, Ctrl-C/)

    writeFileSync(join(folder, 'go'), '')
    await vi.waitFor(
      async () => expect(await terminal.everything()).toContainEqual(expect.stringContaining('END REPORT')),
      WAIT,
    )
    expect(titles(await terminal.everything())).toEqual([])
  },
)

/** First lines of the live views that can be seen. */
function titles(lines: readonly string[]): string[] {
  return lines.filter(line => line.startsWith('longshore  '))
}
