import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** What a process answers to a task. */
export type Answer<Done> = { readonly done: Done } | { readonly error: string }

/** Has so many processes answer tasks by a script that calls `serve`, and hears each answer as it comes. */
export async function askAll<Task extends object, Done>(
  script: URL,
  tasks: readonly Task[],
  workers: number,
  hear: (task: Task, answer: Answer<Done>) => void,
): Promise<void> {
  const left = [...tasks]
  const work = async (): Promise<void> => {
    let child: ChildProcess | null = null
    for (let task = left.shift(); task; task = left.shift()) {
      child ??= fork(script)
      try {
        hear(task, await ask<Done>(child, task))
      } catch (error) {
        // It has died with its task: the next one gets another process.
        child = null
        hear(task, { error: error instanceof Error ? error.message : String(error) })
      }
    }
    child?.kill()
  }
  await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, work))
}

/** Answers the tasks that this process is sent. */
export function serve<Task, Done>(answer: (task: Task) => Done): void {
  process.on('message', (task: Task) => process.send?.(answerOf(task, answer)))
}

function answerOf<Task, Done>(task: Task, answer: (task: Task) => Done): Answer<Done> {
  try {
    return { done: answer(task) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

async function ask<Done>(child: ChildProcess, task: object): Promise<Answer<Done>> {
  const over = new AbortController()
  const died = once(child, 'exit', { signal: over.signal }).then(([code, signal]) => {
    throw new Error(`its process has ended with ${signal ?? `code ${code}`}`)
  })
  child.send(task)
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal: over.signal }), died])
    return answer
  } finally {
    died.catch(() => undefined)
    over.abort()
  }
}
