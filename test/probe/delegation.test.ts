import { describe, expect, it } from 'vitest'
import { memoryDelegation } from '../../src/probe/delegation.ts'
import { filesOf } from './support/recordings.ts'

const OWN = '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope'
const SYSTEMD = `/proc/self/cgroup:0::${OWN.slice('/sys/fs/cgroup'.length)}
/proc/self/mountinfo:30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw
${OWN}/cgroup.controllers:cpu memory pids
${OWN}/cgroup.subtree_control:
${OWN}/cgroup.type:domain
${OWN}/cgroup.procs:100
${OWN}/cgroup.procs:101
/proc/99/stat:99 (systemd) S 1 99 99 0
/proc/100/stat:100 (sh (x)) S 99 100 100 0
/proc/101/stat:101 (node) S 100 100 100 0
/proc/102/stat:102 (other) S 99 102 102 0`
/** A machine with version 1 and 2 at once, as systemd calls hybrid: version 1 has the memory. */
const HYBRID = `/proc/self/cgroup:4:memory:/
/proc/self/cgroup:0::/
/proc/self/mountinfo:35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
/proc/self/mountinfo:41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
/sys/fs/cgroup/unified/cgroup.controllers:hugetlb
/sys/fs/cgroup/unified/cgroup.subtree_control:`

const asked = (text: string, mayWrite = true) =>
  memoryDelegation(filesOf(text), { pid: 101, canWrite: () => mayWrite })

describe('a cgroup for each job can be had', () => {
  it('in a scope of one’s own, which its processes have to leave', () => {
    expect(asked(SYSTEMD)).toEqual({ can: true, folder: OWN, toMove: [100, 101] })
  })

  it('at once where memory is handed on already, or at the top', () => {
    const handedOn = SYSTEMD.replace('subtree_control:', 'subtree_control:cpu memory')
    expect(asked(handedOn)).toEqual({ can: true, folder: OWN, toMove: [] })
    const top = HYBRID.replace('hugetlb', 'cpu memory')
    expect(asked(top)).toEqual({ can: true, folder: '/sys/fs/cgroup/unified', toMove: [] })
  })
})

describe('it cannot, and that is said', () => {
  it.each([
    ['where there is no version 2', '/proc/self/cgroup:4:memory:/', /no cgroups of version 2/],
    [
      'where version 1 has the memory',
      HYBRID,
      /unified has no memory controller \(only hugetlb\): version 1/,
    ],
    [
      'where others are in it',
      SYSTEMD.replace('cgroup.procs:100', 'cgroup.procs:102'),
      /run-1\.scope holds processes of others \(102\): systemd-run --user --scope/,
    ],
    [
      'where a process of another container is in it',
      SYSTEMD.replace('cgroup.procs:100', 'cgroup.procs:0'),
      /processes of others \(0\)/,
    ],
    [
      'where it has no memory to hand on',
      SYSTEMD.replace('cpu memory pids', 'pids'),
      /no memory controller \(only pids\): systemd-run --user/,
    ],
  ])('%s', (_, text, why) => {
    expect(asked(text)).toEqual({ can: false, why: expect.stringMatching(why) })
  })

  it('where it may not be written', () => {
    expect(asked(SYSTEMD, false)).toMatchObject({
      why: expect.stringMatching(/may not write to .*run-1\.scope/),
    })
  })
})
