import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isRunning, parseAllocation } from '../../../src/backends/slurm/allocation.ts'
import { gpusIn } from '../../../src/backends/slurm/gres.ts'
import { allocationIdFrom } from '../../../src/backends/slurm/inside.ts'
import { limitsOf } from '../../../src/backends/slurm/limits.ts'
import { parseNodes, parseState } from '../../../src/backends/slurm/nodeState.ts'
import { fieldOf, parseRecords } from '../../../src/backends/slurm/records.ts'
import { srunArguments } from '../../../src/backends/slurm/srun.ts'
import { verdictOn } from '../../../src/backends/slurm/verdict.ts'

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
      { nodes: 'n[1-2]', cpus: 8, ramGb: 4000 / 1024, gpus: { count: 4, positions: [0, 1, 2, 3] } },
      { nodes: 'n3', cpus: 3, ramGb: 600 / 1024, gpus: { count: 1, positions: [0] } },
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
  ['gpu:4', 4, []],
  ['gpu:a100:2(IDX:0,3),nic:1', 2, [0, 3]],
  ['gpu:a100:2(IDX:0-1),gpu:v100:1(IDX:2)', 3, [0, 1, 2]],
  ['gpu:4(S:0-1)', 4, []],
  ['nic:8', 0, []],
  ['', 0, []],
])('%s are so many GPUs', (gres, count, positions) => {
  expect(gpusIn(gres)).toEqual({ count, positions })
})

describe('what jobs may use of a node', () => {
  const share = { nodes: 'n3', cpus: 3, ramGb: 4, gpus: { count: 2, positions: [1, 2] } }

  it('is what the allocation has of it, less the RAM of the scheduler', () => {
    const limits = limitsOf(share, { driverGb: 0.5 })
    expect(limits).toEqual({ threads: 3, ramGb: 3.5, gpus: [{ id: '1' }, { id: '2' }] })
  })

  it('numbers GPUs of which SLURM tells no positions, and says nothing of RAM that it does not count', () => {
    const limits = limitsOf({ ...share, ramGb: null, gpus: { count: 2, positions: [] } }, { driverGb: 0 })
    expect(limits).toEqual({ threads: 3, gpus: [{ id: '0' }, { id: '1' }] })
  })
})

describe('what is done about a node of whose agent nothing is heard', () => {
  const seen = { standing: 'up', isOurs: true, agent: 'closed' } as const
  const known = { ...seen, isSilentForLong: false, isLeaseOver: true }

  it.each([
    ['starts another agent on a node that is up', {}, 'again'],
    ['waits while SLURM does not answer', { standing: null, isOurs: null }, 'wait'],
    ['waits for a node that does not answer, but is not given up', { standing: 'silent' }, 'wait'],
    ['waits while the connection stands', { agent: 'silent' }, 'wait'],
    [
      'cuts a connection that was silent for long to a node that is up',
      { agent: 'silent', isSilentForLong: true },
      'cut',
    ],
    [
      'keeps it where the node does not answer either',
      { standing: 'silent', agent: 'silent', isSilentForLong: true },
      'wait',
    ],
    ['cuts the connection to a node that is given up', { standing: 'down', agent: 'silent' }, 'cut'],
    [
      'fences a node that is given up until what runs there must have ended',
      { standing: 'down', isLeaseOver: false },
      'fence',
    ],
    [
      'places nothing more on a node that is given up, but works',
      { standing: 'down', agent: 'heard' },
      'leave',
    ],
    ['gives up a node that SLURM has given up', { standing: 'down' }, 'lost'],
    ['gives up a node that is not in the allocation any more', { isOurs: false }, 'lost'],
  ] as const)('%s', (_, changed, verdict) => {
    expect(verdictOn({ ...known, ...changed })).toBe(verdict)
  })
})

describe('the step of an agent', () => {
  it('has the whole node, beside what runs there', () => {
    const step = {
      jobId: '7',
      node: 'n3',
      share: { cpus: 8, gpus: { count: 4, positions: [] } },
      command: ['node', 'a'],
    }
    const args = srunArguments(step)
    expect(args).toEqual(
      expect.arrayContaining(['--jobid=7', '--nodelist=n3', '--overlap', '--mem=0', '--gres=gpu:4']),
    )
    expect(args.slice(-2)).toEqual(['node', 'a'])
    expect(srunArguments({ ...step, share: { cpus: 8, gpus: { count: 0, positions: [] } } })).toContain(
      '--gres=none',
    )
  })
})

describe('the allocation that a process is in', () => {
  it('is that of its environment', () => {
    expect(allocationIdFrom({ SLURM_JOB_ID: '12' })).toBe('12')
  })

  it('is missed with what to do', () => {
    expect(() => allocationIdFrom({})).toThrow(/not in one .*longshore sbatch .*-- run FILE.*\n.*salloc/s)
  })
})
