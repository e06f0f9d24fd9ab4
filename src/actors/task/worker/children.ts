import { subscribe } from 'node:diagnostics_channel'
import { mkdirSync } from 'node:fs'
import type { JobPaths } from '../../../job.ts'
import { createMarkedSearch } from '../../marked.ts'
import { membersOf } from '../session.ts'

/** What a task has started besides itself. */
export interface Children {
  /** From now on they are those of this job, whose folder is made for the first of them: it reads of it in its environment. */
  enter(paths: JobPaths): void
  /** Does anything that the task has started still run? Costs nothing for a task that has started nothing. */
  areLeft(): boolean
}

export function watchChildren(): Children {
  const search = createMarkedSearch()
  let paths: JobPaths | null = null
  let started = false
  subscribe('child_process', () => {
    if (!started && paths !== null) mkdirSync(paths.jobDir, { recursive: true, mode: 0o700 })
    started = true
  })
  return {
    enter(those) {
      paths = those
      started = false
    },
    areLeft: () =>
      started && (membersOf(process.pid).length > 0 || search(new Set([paths?.output ?? ''])).size > 0),
  }
}
