/**
 * Draws a terminal window as an SVG: `tmux capture-pane -p -e | node scripts/ansi-to-svg.ts [TITLE] > picture.svg`.
 * Reads text with ANSI colours from standard input; empty lines at its end are left out.
 */
import { text } from 'node:stream/consumers'
import { drawTerminal } from './ansi-to-svg/draw.ts'
import { parseAnsi } from './ansi-to-svg/parse.ts'

const [title = 'longshore'] = process.argv.slice(2)
const lines = parseAnsi(await text(process.stdin))
const last = lines.findLastIndex(line => line.some(span => span.text.trim() !== ''))
process.stdout.write(drawTerminal(lines.slice(0, last + 1), title))
