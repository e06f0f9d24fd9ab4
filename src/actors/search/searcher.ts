import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SearchAnswer, Searcher } from '../../machines/search/task.ts'
import type { ThreadAnswer } from './thread.ts'

/** What a searcher can be told, by tests. */
export interface ThreadSearcherOptions {
  /** The script of the thread. Default: the one that lies beside this file. */
  readonly script?: URL
}

/** TypeScript in a checkout, JavaScript in the package. */
const SCRIPT = new URL(`./thread${extname(import.meta.url)}`, import.meta.url)

/** A search holds one rest of a run and a few arrays of its jobs. */
const MOST_HEAP_MB = 512

/**
 * Searches in a thread of its own, so that nothing waits for it. The thread is started for the first search, keeps no
 * process alive, and is started anew when it has died or its search was given up.
 */
export function createThreadSearcher({ script = SCRIPT }: ThreadSearcherOptions = {}): Searcher {
  let thread: Worker | null = null
  const ending = new Set<Promise<unknown>>()
  const end = async (): Promise<void> => {
    const ended = thread?.terminate()
    thread = null
    if (ended) ending.add(ended)
    await Promise.all(ending)
  }
  return {
    search(task, answer) {
      thread ??= startThread(script)
      const stop = listen(thread, {
        found: answer.found,
        failed(why) {
          void end()
          answer.failed(why)
        },
      })
      thread.postMessage(task)
      return () => {
        if (stop()) void end()
      }
    },
    close: end,
  }
}

function startThread(script: URL): Worker {
  const thread = new Worker(script, {
    name: 'longshore search',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    stdin: false,
  })
  // An error that nobody listens to would end the process.
  thread.on('error', () => {})
  thread.unref()
  return thread
}

/** Hears one answer. What it returns stops listening, and tells whether the answer was still to come. */
function listen(thread: Worker, answer: SearchAnswer): () => boolean {
  let isOpen = true
  const stop = (): boolean => {
    const wasOpen = isOpen
    isOpen = false
    thread.off('message', found).off('error', failed).off('exit', exited)
    return wasOpen
  }
  const found = ({ result, costS }: ThreadAnswer): void => {
    if (stop()) answer.found(result, costS)
  }
  const failed = (error: unknown): void => {
    if (stop()) answer.failed(error instanceof Error ? error.message : String(error))
  }
  const exited = (code: number): void => {
    if (stop()) answer.failed(`its thread has ended with code ${code}`)
  }
  thread.on('message', found).on('error', failed).on('exit', exited)
  return stop
}
