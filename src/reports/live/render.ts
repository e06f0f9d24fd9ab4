import type { RunPicture } from '../../progress.ts'
import { painter } from '../text/paint.ts'
import { failures } from './failures.ts'
import { head } from './head.ts'
import { resources } from './resources.ts'
import { running } from './running.ts'
import type { Screen } from './screen.ts'

export interface Size {
  /** Columns and rows of the terminal. */
  readonly columns: number
  readonly rows: number
  readonly colour: boolean
}

const NARROWEST = 20
const MOST_FAILURES = 3
const LEAST_RUNNING = 4
const RESOURCES_SHARE = 0.45

/**
 * A picture of a run as text: at most `rows - 1` lines, none wider than `columns` (at least 20). What changes its
 * height stands lowest, so that the lines above stay where they are.
 */
export function renderLive(picture: RunPicture, { columns, rows, colour }: Size): string {
  const screen: Screen = {
    columns: Math.max(NARROWEST, columns),
    lines: Math.max(1, rows - 1),
    paint: painter(colour),
  }
  return stack(sectionsOf(picture, screen)).slice(0, screen.lines).join('\n')
}

function sectionsOf(picture: RunPicture, screen: Screen): string[][] {
  const top = head(picture, screen)
  const room = screen.lines - top.length
  const leastRunning = withGap(Math.min(LEAST_RUNNING, picture.running.length + 1))
  const failed = failures(picture.failures, screen, Math.min(MOST_FAILURES, room - leastRunning - 1))
  const left = room - withGap(failed.length)
  const used = resources(picture.nodes, screen, Math.min(room * RESOURCES_SHARE, left - leastRunning - 1))
  const jobs = running(picture.running, screen, left - withGap(used.length) - 1)
  return [top, used, failed, jobs]
}

function withGap(lines: number): number {
  return lines > 0 ? lines + 1 : 0
}

/** Sections below each other with a blank line between them. */
function stack(sections: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = sections.filter(section => section.length > 0)
  return [...first, ...others.flatMap(section => ['', ...section])]
}
