import { fromCallback } from 'xstate'
import type { ExecutorEvent } from '../events.ts'
import type { Executor } from '../executor.ts'

/** The actor of an executor: turns messages into its calls, and what it tells into answers to whoever asked. */
export const executorLogic = fromCallback<ExecutorEvent, Executor>(({ input: executor, receive }) => {
  receive(event => {
    switch (event.type) {
      case 'executor.start':
        return executor.start(event.work, report => event.replyTo.send(report))
      case 'executor.terminate':
        return executor.terminate(event.placementId)
      case 'executor.kill':
        return executor.kill(event.placementId)
    }
  })
})
