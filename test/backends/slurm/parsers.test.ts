import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isRunning, parseAllocation } from '../../../src/backends/slurm/allocation.ts'
import { gpusIn } from '../../../src/backends/slurm/gres.ts'
import { allocationIdFrom } from '../../../src/backends/slurm/inside.ts'
import { parseNodes, parseState } from '../../../src/backends/slurm/nodeState.ts'
import { fieldOf, parseRecords } from '../../../src/backends/slurm/records.ts'

const recorded = (name: string) => readFileSync(new URL(`recordings/${name}.txt`, import.meta.url), 'utf8')

describe('what scontrol prints', () => {
  it('is cut into fields, also where a value holds blanks and equals signs', () => {
    const [record = []] = parseRecords(
      'NodeName=n1 OS=Linux 6.1 #1 SMP  RealMemory=4000 CfgTRES=cpu=8,mem=4G',
    )
    expect(record).toEqual([
      ['NodeName', 'n1'],
      ['OS', 'Linux 6.1 #1 SMP'],
      ['RealMemory', '4000'],
      ['CfgTRES', 'cpu=8,mem=4G'],
    ])
    expect(fieldOf(record, 'nothing')).toBeNull()
  })

  it('tells of an allocation which nodes it has, and what of each', () => {
    const allocation = parseAllocation(recorded('job-mixed'))
    expect(allocation).toMatchObject({ jobId: '5', state: 'RUNNING', nodes: 'n[1-3]' })
    expect(allocation?.shares).toEqual([
      { nodes: 'n[1-2]', cpus: 8, ramGb: 4000 / 1024, gpus: 4 },
      { nodes: 'n3', cpus: 3, ramGb: 600 / 1024, gpus: 1 },
    ])
    expect(allocation && isRunning(allocation)).toBe(true)
  })

  it('tells when an allocation ends, in local time, or that it does not', () => {
    expect(parseAllocation(recorded('job-mixed'))?.endsAt).toBe(new Date(2026, 10, 23, 0, 7, 35).getTime())
    expect(parseAllocation(recorded('job-unlimited'))?.endsAt).toBeNull()
  })

  it('tells of an allocation that has ended that nothing may be started there', () => {
    const ended = parseAllocation('JobId=7 JobState=CANCELLED NodeList=n[1-2] EndTime=2026-11-23T00:07:35')
    expect(ended).toMatchObject({ shares: [] })
    expect(ended && isRunning(ended)).toBe(false)
    expect(parseAllocation('slurm_load_jobs error: Invalid job id specified')).toBeNull()
  })

  it('tells of nodes whether they answer', () => {
    expect(parseNodes(recorded('nodes'))).toEqual([
      { name: 'n1', standing: 'up', state: 'ALLOCATED', reason: null },
      { name: 'n2', standing: 'down', state: 'DOWN', reason: 'two words x=3 [root@2026-11-23T00:02:35]' },
      { name: 'n3', standing: 'up', state: 'MIXED+DRAIN', reason: 'bad disk [root@2026-11-23T00:02:35]' },
      {
        name: 'n4',
        standing: 'down',
        state: 'DOWN+NOT_RESPONDING',
        reason: 'Not responding [root@2026-11-22T23:56:42]',
      },
    ])
  })
})

it.each([
  ['IDLE', 'up'],
  ['allocated*', 'silent'],
  ['ALLOCATED+NOT_RESPONDING', 'silent'],
  ['DOWN*', 'down'],
  ['IDLE*+DRAIN', 'silent'],
  ['IDLE+POWERED_DOWN', 'down'],
  ['MIXED-', 'up'],
])('a node in state %s is %s', (state, standing) => {
  expect(parseState(state).standing).toBe(standing)
})

it.each([
  ['gpu:4', 4],
  ['gpu:a100:2(IDX:0,3),nic:1', 2],
  ['gpu:a100:2(IDX:0-1),gpu:v100:1(IDX:2)', 3],
  ['gpu:4(S:0-1)', 4],
  ['nic:8', 0],
  ['', 0],
])('%s are so many GPUs', (gres, gpus) => {
  expect(gpusIn(gres)).toBe(gpus)
})

describe('the allocation that a process is in', () => {
  it('is that of its environment', () => {
    expect(allocationIdFrom({ SLURM_JOB_ID: '12' })).toBe('12')
  })

  it('is missed with what to do', () => {
    expect(() => allocationIdFrom({})).toThrow(/not in one .*longshore sbatch .*-- run FILE.*\n.*salloc/s)
  })
})
