import type { Bar } from '../../plan/timeline.ts'
import type { Lane, Part } from './lanes.ts'

/** A part of a lane that a job takes up: in time, and from the bottom of the lane, 0, to its top, the capacity. */
export interface Box {
  readonly bar: Bar
  readonly startS: number
  readonly endS: number
  readonly from: number
  readonly to: number
}

interface Gap {
  readonly from: number
  readonly to: number
}

/** Amounts that differ by less are equal. */
const SLACK = 1e-6

/**
 * Stacks the jobs of a lane: each goes where it fits in one piece, as low as possible, and in several pieces where it
 * does not. What overlaps by a little, as recorded times do, is cut short.
 */
export function stack({ parts, capacity }: Lane): Box[] {
  const done: Box[] = []
  let open: Box[] = []
  for (const part of [...parts].sort((a, b) => a.bar.startS - b.bar.startS)) {
    const { startS } = part.bar
    open = close(open, startS, done)
    open = makeRoom(open, part, capacity, done)
    for (const gap of choose(gapsOf(open, capacity), part.amount))
      open.push({ bar: part.bar, startS, endS: part.bar.endS, ...gap })
  }
  return [...done, ...open].sort((a, b) => a.startS - b.startS || a.from - b.from)
}

/** Takes out what has ended. */
function close(open: readonly Box[], now: number, done: Box[]): Box[] {
  return open.filter(box => {
    if (box.endS <= now) done.push(box)
    return box.endS > now
  })
}

/** Ends those that end next a little early, until there is room. */
function makeRoom(open: Box[], { amount, bar }: Part, capacity: number, done: Box[]): Box[] {
  const held = open.reduce((sum, { from, to }) => sum + to - from, 0)
  let missing = held + amount - capacity
  if (missing <= SLACK) return open
  const left = open.sort((a, b) => a.endS - b.endS)
  while (missing > SLACK && left.length > 0) {
    const [first] = left.splice(0, 1) as [Box]
    if (first.startS < bar.startS) done.push({ ...first, endS: bar.startS })
    missing -= first.to - first.from
  }
  return left
}

/** What is free between the boxes, from the bottom. */
function gapsOf(open: readonly Box[], capacity: number): Gap[] {
  const gaps: Gap[] = []
  let from = 0
  for (const box of [...open].sort((a, b) => a.from - b.from)) {
    if (box.from - from > SLACK) gaps.push({ from, to: box.from })
    from = box.to
  }
  if (capacity - from > SLACK) gaps.push({ from, to: capacity })
  return gaps
}

function choose(gaps: readonly Gap[], amount: number): Gap[] {
  const whole = gaps.find(({ from, to }) => to - from >= amount - SLACK)
  if (whole) return [{ from: whole.from, to: whole.from + amount }]
  const pieces: Gap[] = []
  let left = amount
  for (const { from, to } of gaps) {
    if (left <= SLACK) break
    const piece = { from, to: Math.min(to, from + left) }
    pieces.push(piece)
    left -= piece.to - piece.from
  }
  return pieces
}
