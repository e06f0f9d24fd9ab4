import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, type TestContext, test, vi } from 'vitest'
import { renderLive } from '../../src/reports/live/render.ts'
import { skipUnless } from '../support/skip.ts'
import { scene } from './support/scenes.ts'
import { hasTmux, type TmuxTerminal, tmuxTerminal } from './support/tmux.ts'

const PROGRAM = join(import.meta.dirname, 'support', 'liveProgram.ts')
const WAIT = { timeout: 20_000, interval: 50 }
const START_OF_WRITE = '\u001b[?2026h'

async function liveTerminal(context: TestContext, columns: number, rows: number, stormMs: number) {
  skipUnless(context, hasTmux(), 'needs tmux: apt-get install tmux')
  const folder = await mkdtemp(join(tmpdir(), 'longshore-terminal-'))
  const [told, transcript] = [join(folder, 'told'), join(folder, 'transcript')]
  const command = `'${process.execPath}' '${PROGRAM}' ${stormMs} '${told}'`
  const terminal = await tmuxTerminal(command, { columns, rows }, transcript)
  onTestFinished(async () => {
    await terminal.close()
    await rm(folder, { recursive: true })
  })
  return { terminal, stormMs: async () => Number(await readFile(told, 'utf8')), transcript }
}

function lastFrame(columns: number, rows: number): string[] {
  const frame = renderLive(scene(40), { columns, rows, colour: false })
  return frame.split('\n').map(line => line.trimEnd())
}

/** Waits until the screen shows the last scene, drawn for its size, below what stood there before. */
async function showsLastScene(terminal: TmuxTerminal, columns: number, rows: number): Promise<void> {
  const drawn = lastFrame(columns, rows)
  await vi.waitFor(async () => {
    const screen = (await terminal.screen()).slice(-drawn.length)
    expect(screen).toEqual(drawn)
  }, WAIT)
}

describe('the live view in a real terminal', () => {
  test('ends a storm of events with the right picture, after at most ten redraws a second', async context => {
    const { terminal, stormMs, transcript } = await liveTerminal(context, 80, 18, 1200)
    await vi.waitFor(stormMs, WAIT)
    await showsLastScene(terminal, 80, 18)
    const above = ['what stood here before', 'warning: a warning']
    expect(await terminal.everything()).toEqual([...above, ...lastFrame(80, 18)])
    const writes = (await readFile(transcript, 'utf8')).split(START_OF_WRITE).length - 1
    const forTheWarning = 1
    expect(writes).toBeGreaterThan(3)
    expect(writes).toBeLessThanOrEqual((10 * (await stormMs())) / 1000 + 3 + forTheWarning)
  })

  test('follows the size of the terminal, leaves nothing behind, and ends with END and a cursor', async context => {
    const { terminal, stormMs } = await liveTerminal(context, 100, 40, 0)
    await vi.waitFor(stormMs, WAIT)
    await showsLastScene(terminal, 100, 40)
    for (const [columns, rows] of [
      [60, 40],
      [130, 40],
      [40, 40],
      [90, 20],
      [80, 40],
    ] as const) {
      await terminal.resize(columns, rows)
      await showsLastScene(terminal, columns, rows)
      const heads = (await terminal.screen()).filter(line => line.startsWith('longshore '))
      expect(heads, `at ${columns} columns`).toHaveLength(1)
    }
    await terminal.enter('')
    await vi.waitFor(async () => expect((await terminal.screen()).join('\n')).toContain('END REPORT'), WAIT)
    const screen = await terminal.screen()
    expect(screen.some(line => line.startsWith('longshore '))).toBe(false)
    expect(await terminal.cursorShown()).toBe(true)
  })
})
