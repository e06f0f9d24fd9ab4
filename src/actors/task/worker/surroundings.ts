import type { Work } from '../../../executor.ts'
import { jobEnvironment } from '../../environment.ts'

/** What a task finds around it: the process's environment and working folder. */
export interface Surroundings {
  /**
   * Sets both for a job, from those of the worker's start.
   *
   * @throws where the job's folder cannot be entered
   */
  enter(work: Work): void
  /** Goes back to the worker's own folder. What was set in the environment is undone before the next job. */
  leave(): void
}

export function createSurroundings(): Surroundings {
  const caller = { ...process.env }
  const home = process.cwd()
  let set: Record<string, string> = {}
  return {
    enter(work) {
      const variables = jobEnvironment(work, caller)
      for (const name of Object.keys(set)) if (variables[name] === undefined) setVariable(name, caller[name])
      for (const name in variables) setVariable(name, variables[name])
      set = variables
      if (work.job.cwd !== null) process.chdir(work.job.cwd)
    },
    leave() {
      if (currentFolder() !== home) process.chdir(home)
    },
  }
}

/** `null` where the folder has been removed. */
function currentFolder(): string | null {
  try {
    return process.cwd()
  } catch {
    return null
  }
}

/** Most are as they were for the job before: to ask costs a quarter of setting them. */
function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else if (process.env[name] !== value) process.env[name] = value
}
