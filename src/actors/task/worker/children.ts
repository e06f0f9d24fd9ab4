import { subscribe } from 'node:diagnostics_channel'
import { mkdirSync } from 'node:fs'
import { membersOf } from '../session.ts'

/** What a task has started besides itself. */
export interface Children {
  /** From now on they are those of this job, whose folder is made for the first of them: it reads of it in its environment. */
  enter(jobDir: string): void
  /** Does anything that the task has started still run? Costs nothing for a task that has started nothing. */
  areLeft(): boolean
}

export function watchChildren(): Children {
  let jobDir: string | null = null
  let started = false
  subscribe('child_process', () => {
    if (!started && jobDir !== null) mkdirSync(jobDir, { recursive: true, mode: 0o700 })
    started = true
  })
  return {
    enter(path) {
      jobDir = path
      started = false
    },
    areLeft: () => started && membersOf(process.pid).length > 0,
  }
}
