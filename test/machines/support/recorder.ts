import { createActor, fromCallback } from 'xstate'
import type { Receiver } from '../../../src/events.ts'

/** An actor that does nothing but keep what it is told. */
export interface Recorder<E extends { type: string }> {
  readonly ref: Receiver<E>
  readonly told: E[]
}

export function record<E extends { type: string }>(): Recorder<E> {
  const told: E[] = []
  const logic = fromCallback<E>(({ receive }) => receive(event => told.push(event)))
  return { ref: createActor(logic).start() as Receiver<E>, told }
}
