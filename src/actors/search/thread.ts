import { parentPort } from 'node:worker_threads'
import { searchRule } from '../../machines/search/search.ts'
import type { SearchResult, SearchTask } from '../../machines/search/task.ts'

/** What the thread answers: what it found, and the seconds that it took. */
export interface ThreadAnswer {
  readonly result: SearchResult
  readonly costS: number
}

parentPort?.on('message', (task: SearchTask) => {
  const since = performance.now()
  const result = searchRule(task)
  const answer: ThreadAnswer = { result, costS: (performance.now() - since) / 1000 }
  parentPort?.postMessage(answer)
})
