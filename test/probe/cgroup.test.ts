import { describe, expect, it } from 'vitest'
import { cgroupFolders, parseMemberships, parseMounts } from '../../src/probe/cgroup.ts'
import { parseCpuMax } from '../../src/probe/cpuQuota.ts'
import { filesOf, machine } from './support/recordings.ts'

const folders = (files: ReturnType<typeof filesOf>, controller: string) =>
  cgroupFolders(files, controller).map(({ folder }) => folder)

describe('cgroups', () => {
  it('reads memberships of both versions, also with a colon in a path', () => {
    expect(parseMemberships('4:cpu,cpuacct:/docker/a:b\n0::/user.slice\n')).toEqual([
      { controllers: ['cpu', 'cpuacct'], path: '/docker/a:b' },
      { controllers: [], path: '/user.slice' },
    ])
  })

  it('reads mounts with optional fields and escaped blanks', () => {
    const line =
      '35 24 0:30 / /mnt/c\\040groups rw master:9 - cgroup2 cgroup rw\n22 27 0:21 / /proc rw - proc proc rw'
    expect(parseMounts(line)).toEqual([
      { version: 2, controllers: [], mountPoint: '/mnt/c groups', root: '/' },
    ])
  })

  it('walks from the process’s own cgroup to the top', () => {
    expect(folders(machine('pod-v2'), 'memory')).toEqual([
      '/sys/fs/cgroup/kubepods/pod1/c1',
      '/sys/fs/cgroup/kubepods/pod1',
      '/sys/fs/cgroup/kubepods',
      '/sys/fs/cgroup',
    ])
  })

  it('takes the mount for the own cgroup where a container sees the path of the host', () => {
    expect(folders(machine('container-v1'), 'cpu')).toEqual(['/sys/fs/cgroup/cpu,cpuacct'])
  })

  it('takes the mount for the own cgroup where the path leads out of the namespace', () => {
    const files = filesOf(
      '/proc/self/cgroup:0::/../other\n/proc/self/mountinfo:35 24 0:30 /.. /sys/fs/cgroup rw - cgroup2 cgroup rw',
    )
    expect(folders(files, 'cpu')).toEqual(['/sys/fs/cgroup'])
  })

  it('looks into both versions where both are mounted', () => {
    expect(cgroupFolders(machine('virtual-machine'), 'memory')).toEqual([
      { version: 1, folder: '/sys/fs/cgroup/memory/a' },
      { version: 1, folder: '/sys/fs/cgroup/memory' },
      { version: 2, folder: '/sys/fs/cgroup/unified' },
    ])
  })

  it('finds no folder where nothing can be read', () => {
    expect(folders(filesOf(''), 'cpu')).toEqual([])
  })

  it('reads a quota as CPUs', () => {
    expect(parseCpuMax('150000 100000\n')).toBe(1.5)
    expect(parseCpuMax('max 100000\n')).toBeNull()
    expect(parseCpuMax('')).toBeNull()
  })
})
