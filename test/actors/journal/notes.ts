import type { Job, Outcome } from '../../../src/job.ts'

export function aJob(id: string, wish: Partial<Job> = {}): Job {
  return {
    id,
    name: id,
    group: 'group',
    run: { kind: 'command', command: ['/bin/true'] },
    request: { threads: 1, ramGb: 0, gpus: 0, gpuShare: 1, gpuRamGb: 0, physicalCores: 0, resources: {} },
    timeS: null,
    priority: 0,
    retries: 0,
    timeoutS: null,
    env: {},
    cwd: null,
    ...wish,
  }
}

export function anOutcome({ id, name, group }: Job, wish: Partial<Outcome> = {}): Outcome {
  return {
    id,
    name,
    group,
    status: 'succeeded',
    value: undefined,
    exitCode: 0,
    signal: null,
    startedAt: 1_700_000_000_000,
    durationS: 0.25,
    peakRamGb: null,
    node: 'here',
    attempts: 1,
    representative: true,
    results: {},
    ...wish,
  }
}

/** A placement with nothing special to it. */
export function aPlacement(jobId: string, attempt = 1, loss = 0) {
  const grant = { threads: 1000, ram: 0, cores: [], gpus: [], gpuShare: 0, gpuRam: 0, resources: [] }
  const placementId = `${jobId}#${attempt}${loss > 0 ? `.${loss}` : ''}`
  return { placementId, jobId, attempt, loss, node: 'here', held: { grant, gpuIds: [] }, grown: null, at: 7 }
}
