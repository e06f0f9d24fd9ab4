import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobEnvironment } from '../../src/actors/environment.ts'
import { workOf } from './command/harness.ts'

const PYTHON = resolve('python')

describe('the environment of a job', () => {
  it('tells the job who and where it is and what it may use', () => {
    const work = workOf(
      {
        command: 'true',
        id: 'fit',
        name: 'fit 1',
        attempt: 2,
        node: 'n1',
        threads: 1.5,
        ramGb: 2.25,
        cores: [4, 5],
      },
      '/run',
    )
    expect(jobEnvironment(work)).toEqual({
      LONGSHORE_JOB_ID: 'fit',
      LONGSHORE_NAME: 'fit 1',
      LONGSHORE_ATTEMPT: '2',
      LONGSHORE_NODE: 'n1',
      LONGSHORE_THREADS: '1.5',
      LONGSHORE_RAM_GB: '2.25',
      LONGSHORE_CORES: '4,5',
      LONGSHORE_JOB_DIR: '/run/jobs/fit',
      LONGSHORE_RUN_DIR: '/run',
      LONGSHORE_OUTPUT: '/run/jobs/fit/output',
      CUDA_VISIBLE_DEVICES: '',
      HIP_VISIBLE_DEVICES: '',
      ROCR_VISIBLE_DEVICES: '',
      OMP_NUM_THREADS: '2',
      MKL_NUM_THREADS: '2',
      OPENBLAS_NUM_THREADS: '2',
      NUMEXPR_MAX_THREADS: '2',
      RAYON_NUM_THREADS: '2',
      PYTHONPATH: PYTHON,
    })
  })

  it("lets Python find the module of this package after the caller's own", () => {
    const told = jobEnvironment(workOf({ command: 'true' }, '/run'), { PYTHONPATH: '/mine' })
    expect(told).toMatchObject({ PYTHONPATH: `/mine:${PYTHON}` })
  })

  it('shows a job exactly its GPUs, to HIP as positions among those that ROCR leaves', () => {
    const gpus = [
      { index: 1, id: '3' },
      { index: 4, id: '7' },
    ]
    expect(jobEnvironment(workOf({ command: 'true', gpus }, '/run'))).toMatchObject({
      CUDA_VISIBLE_DEVICES: '3,7',
      ROCR_VISIBLE_DEVICES: '3,7',
      HIP_VISIBLE_DEVICES: '0,1',
    })
  })

  it('numbers GPUs as nvidia-smi does, unless the caller numbers them otherwise', () => {
    const work = workOf({ command: 'true', gpus: [{ index: 0, id: '0' }] }, '/run')
    expect(jobEnvironment(work)).toMatchObject({ CUDA_DEVICE_ORDER: 'PCI_BUS_ID' })
    const caller = { CUDA_DEVICE_ORDER: 'FASTEST_FIRST' }
    expect(jobEnvironment(work, caller)).not.toHaveProperty('CUDA_DEVICE_ORDER')
  })

  it('leaves thread variables alone that the caller has set, and lets those of the job win', () => {
    const work = workOf(
      { command: 'true', threads: 4, env: { MKL_NUM_THREADS: '9', LONGSHORE_NAME: 'mine' } },
      '/run',
    )
    const told = jobEnvironment(work, { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '3' })
    expect(told).not.toHaveProperty('OMP_NUM_THREADS')
    expect(told).toMatchObject({ MKL_NUM_THREADS: '9', RAYON_NUM_THREADS: '4', LONGSHORE_NAME: 'mine' })
  })
})
