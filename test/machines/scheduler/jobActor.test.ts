import { expect, it } from 'vitest'
import { createActor } from 'xstate'
import { jobMachine } from '../../../src/machines/job.ts'
import { jobLogic } from '../../../src/machines/scheduler/jobActor.ts'
import { buildJob } from '../../../src/testing/builders.ts'
import { owner } from '../support/job.ts'

it('the actor of a job begins where the job machine does, each with what it remembers', () => {
  for (const id of ['a', 'b']) {
    const input = { job: buildJob({ id }), owner: owner.ref, attempts: id === 'a' ? 0 : 2 }
    const [first, asDrawn] = [jobLogic, jobMachine].map(logic => createActor(logic, { input }).getSnapshot())
    expect(first).toEqual(asDrawn)
    expect(Object.keys(first ?? {})).toEqual(Object.keys(asDrawn ?? {}))
  }
})
