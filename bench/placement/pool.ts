import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Played } from './play.ts'
import type { Task } from './task.ts'

/** Plays tasks in so many processes; yields each as it is done. Throws where one of them dies. */
export async function playAll(
  tasks: readonly Task[],
  workers: number,
  done: (played: Played) => void,
): Promise<void> {
  const left = [...tasks]
  const work = async (): Promise<void> => {
    const child = fork(new URL('child.ts', import.meta.url))
    try {
      for (let task = left.shift(); task; task = left.shift()) done(await ask(child, task))
    } finally {
      child.kill()
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, work))
}

async function ask(child: ChildProcess, task: Task): Promise<Played> {
  const over = new AbortController()
  const died = once(child, 'exit', { signal: over.signal }).then(([code]) => {
    throw new Error(`a process of the bench has ended with code ${code} at ${JSON.stringify(task)}`)
  })
  child.send(task)
  try {
    const [played] = await Promise.race([once(child, 'message'), died])
    return played
  } finally {
    over.abort()
    died.catch(() => undefined)
  }
}
