import type { SystemFiles } from './systemFiles.ts'

/** One cgroup of a process: a line of `/proc/self/cgroup`. Version 2 has no controllers in it. */
export interface CgroupMembership {
  readonly controllers: readonly string[]
  readonly path: string
}

/** Where a cgroup file system is mounted, and which cgroup is the topmost that can be seen there. */
export interface CgroupMount {
  readonly version: 1 | 2
  readonly controllers: readonly string[]
  readonly mountPoint: string
  readonly root: string
}

/** A folder of files of a cgroup. */
export interface CgroupFolder {
  readonly version: 1 | 2
  readonly folder: string
}

/** The lines of `/proc/self/cgroup`: `4:memory:/docker/0a1b`, `0::/user.slice`. */
export function parseMemberships(text: string): CgroupMembership[] {
  return text.split('\n').flatMap(line => {
    const match = /^\d+:([^:]*):(.*)$/.exec(line)
    if (!match) return []
    return [{ controllers: (match[1] ?? '').split(',').filter(Boolean), path: match[2] ?? '/' }]
  })
}

/** The cgroup mounts among the lines of `/proc/self/mountinfo` (proc(5)); blanks in paths are written as `\040`. */
export function parseMounts(text: string): CgroupMount[] {
  return text.split('\n').flatMap(line => {
    const [left, right] = line.split(' - ')
    const [, , , root, mountPoint] = left?.split(' ') ?? []
    const [type, , superOptions] = right?.split(' ') ?? []
    if (root === undefined || mountPoint === undefined) return []
    if (type !== 'cgroup' && type !== 'cgroup2') return []
    return [
      {
        version: type === 'cgroup' ? 1 : 2,
        controllers: type === 'cgroup' ? (superOptions ?? '').split(',') : [],
        mountPoint: unescapeOctal(mountPoint),
        root: unescapeOctal(root),
      } as const,
    ]
  })
}

function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/**
 * Folders of the cgroups that limit this process by a controller (`cpu`, `memory`): its own, then each above it up to
 * the topmost that is mounted, first of version 1, then of version 2. A limit of any of them holds.
 */
export function cgroupFolders(files: SystemFiles, controller: string): CgroupFolder[] {
  const memberships = parseMemberships(files.read('/proc/self/cgroup') ?? '')
  const mounts = parseMounts(files.read('/proc/self/mountinfo') ?? '')
  return mounts
    .filter(mount => mount.version === 2 || mount.controllers.includes(controller))
    .sort((a, b) => a.version - b.version)
    .flatMap(mount => foldersIn(mount, memberships, controller))
}

function foldersIn(
  mount: CgroupMount,
  memberships: readonly CgroupMembership[],
  controller: string,
): CgroupFolder[] {
  const own = memberships.find(({ controllers }) =>
    mount.version === 2 ? controllers.length === 0 : controllers.includes(controller),
  )
  if (!own) return []
  const { version, mountPoint } = mount
  return upwards(below(mount.root, own.path)).map(path => ({ version, folder: mountPoint + path }))
}

/**
 * The path of a cgroup below the root of its mount. In a container the path can be the host's while the mount shows
 * only the container's own part, or begin with `/..`: then the mount itself is the process's cgroup.
 */
function below(root: string, path: string): string {
  if (path.startsWith('/..')) return ''
  if (root === '/') return path === '/' ? '' : path
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : ''
}

/** `/a/b` → `/a/b`, `/a` and the empty path. */
function upwards(path: string): string[] {
  const parts = path.split('/').filter(Boolean)
  return parts.map((_, i) => `/${parts.slice(0, parts.length - i).join('/')}`).concat('')
}
