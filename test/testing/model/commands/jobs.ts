import type fc from 'fast-check'
import { checkStep } from '../laws.ts'
import type { Model } from '../model.ts'
import type { JobPlan } from '../plan.ts'
import type { Real } from '../real.ts'

export type SystemCommand = fc.Command<Model, Real>

/** A command from what it does; after it every law is checked. */
export function commandOf(
  title: string,
  run: (model: Model, real: Real) => void,
  check: (model: Model) => boolean = () => true,
): SystemCommand {
  return {
    check: model => check(model),
    run(model, real) {
      run(model, real)
      checkStep(model, real)
    },
    toString: () => title,
  }
}

/** Jobs are added. */
export function add(plans: readonly JobPlan[]): SystemCommand {
  return commandOf(`add(${plans.map(show).join(', ')})`, (model, real) => {
    const jobs = plans.map(plan => {
      const id = `j${model.added++}`
      real.plans.set(id, plan)
      model.jobs.set(id, { plan, cancelled: false, forced: new Map() })
      return { ...plan.job, id, name: id }
    })
    real.system.add(jobs)
  })
}

function show({ job, attempts }: JobPlan): string {
  const { request, timeS, retries, timeoutS, priority } = job
  return JSON.stringify({ ...request, timeS, retries, timeoutS, priority, attempts })
}
