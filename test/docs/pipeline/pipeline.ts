import type { JobSpec, Scheduler } from 'longshore'

/** What the pipeline needs of a scheduler: the real one has it, and so has the simulated one. */
export interface Runner extends Pick<Scheduler, 'events$'> {
  add(jobs: JobSpec[]): unknown
}

/** Prepares each data set that it is given on the CPU, and trains every model on it when that has succeeded. */
export function createPipeline(runner: Runner): (dataset: string) => void {
  runner.events$.subscribe(event => {
    if (event.type !== 'job.ended') return
    const { id, group, status } = event.outcome
    if (group === 'prepare' && status === 'succeeded') runner.add(trainings(id.replace('prepare-', '')))
  })
  return dataset => {
    runner.add([prepare(dataset)])
  }
}

export function prepare(dataset: string): JobSpec {
  return {
    id: `prepare-${dataset}`,
    group: 'prepare',
    command: ['python', 'prepare.py', dataset],
    threads: 2,
    ramGb: 4,
    timeS: 60,
    timeoutS: 600,
    retries: 2,
  }
}

/** Two small models share a GPU, a large one needs both. */
export function trainings(dataset: string): JobSpec[] {
  const train = (model: string) => ({
    id: `${model}-${dataset}`,
    group: model,
    command: ['python', 'train.py', '--model', model, dataset],
    timeoutS: 7200,
    retries: 1,
  })
  return [
    { ...train('small'), timeS: 300, gpus: 1, gpuShare: 0.5, gpuRamGb: 8 },
    { ...train('large'), timeS: 900, gpus: 2, gpuRamGb: 20, threads: 4 },
  ]
}
