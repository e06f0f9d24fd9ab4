import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Desk } from '../resume/support.ts'

const QUIET = ['--reports', 'none', '--no-history'] as const

/** A place for a run's folder that can be made to take no more. */
interface Disk {
  readonly folder: string
  /** From now on nothing can be written there. */
  fail(pids: readonly number[]): void
  /** What it is called in the message. */
  readonly says: RegExp
  repair(): void
}

/** Files may not grow: what a full disk says, of these processes alone. Needs no rights. */
function limited(folder: string): Disk {
  return {
    folder,
    says: /journal\.sqlite cannot be used.*make room, or look after the disk/,
    fail(pids) {
      for (const pid of pids) execFileSync('prlimit', ['--pid', `${pid}`, '--fsize=0:'])
    },
    repair() {},
  }
}

/** An ext4 of its own that turns read-only as the kernel makes it after an error. Needs the right to mount. */
function readOnly(): Disk | null {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-disk-'))
  const [image, mount] = [join(folder, 'image'), join(folder, 'mount')]
  const call = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'ignore' })
  const tryUmount = () => {
    try {
      call('umount', '-l', mount)
    } catch {
      // It was never mounted.
    }
  }
  try {
    mkdirSync(mount)
    call('truncate', '-s', '8M', image)
    call('mkfs.ext4', '-q', image)
    call('mount', '-o', 'loop', image, mount)
    call('mount', '-o', 'remount,abort', mount)
    tryUmount()
    call('mkfs.ext4', '-q', '-F', image)
    call('mount', '-o', 'loop', image, mount)
  } catch {
    rmSync(folder, { recursive: true })
    return null
  }
  onTestFinished(() => {
    tryUmount()
    rmSync(folder, { recursive: true })
  })
  return {
    folder: mount,
    says: /read-only.*journal\.sqlite.*make room, or look after the disk/,
    fail() {
      // What the kernel has not written yet is lost, as it is with a power cut: that is another fault.
      call('sync', '-f', mount)
      call('mount', '-o', 'remount,abort', mount)
    },
    repair() {
      call('umount', mount)
      call('mount', '-o', 'loop', image, mount)
    },
  }
}

describe('a disk that takes nothing more while jobs run', () => {
  it.each([
    ['since files may not grow', limited],
    ['since it has become read-only', () => readOnly()],
  ])('stops placing, lets what runs finish, and loses nothing that was recorded: %s', async (_, make) => {
    const desk = new Desk()
    // Where nothing can be mounted, the other of the two is tried again.
    const disk = make(desk.folder) ?? limited(desk.folder)
    const until = (name: string) => `while [ ! -e ${desk.path(name)} ]; do sleep 0.02; done`
    const ran = (id: string) => `echo ran >> ${desk.path(id)}`
    const file = desk.jobs([
      { id: 'before', priority: 3, command: ran('before') },
      {
        id: 'during',
        priority: 2,
        command: `${ran('during')}; ${until('go')}; echo end >> ${desk.path('during')}`,
      },
      { id: 'after', priority: 1, command: ran('after') },
    ])
    const runDir = join(disk.folder, 'run')
    desk.runDir = runDir
    const options = ['--capacity', 'threads=1,ramGb=1', '--run-dir', runDir]
    const run = desk.start('run', '--reports', 'plain', '--no-history', ...options, file)
    await expect.poll(() => desk.text('during'), { timeout: 20_000 }).toBe('ran\n')
    expect(desk.statuses()).toEqual({ before: ['succeeded'] })
    disk.fail([run.child.pid ?? 0, ...desk.launchers()])
    writeFileSync(desk.path('go'), '')
    expect(await run.closed).not.toBe(0)
    expect(run.said.stderr).toMatch(disk.says)
    expect(run.said.stderr).toContain(`then: longshore resume ${runDir}`)
    expect(run.said.stderr).not.toMatch(/^ +at .*:\d+/m)
    expect(desk.text('during')).toBe('ran\nend\n')
    expect(desk.text('after')).toBe('')

    disk.repair()
    expect(await desk.call('resume', ...QUIET, runDir)).toMatchObject({ status: 0 })
    expect(desk.statuses()).toEqual({ before: ['succeeded'], during: ['succeeded'], after: ['succeeded'] })
    expect([desk.text('before'), desk.text('after')]).toEqual(['ran\n', 'ran\n'])
  })
})

describe('a folder of logs in which no file can be made any more, while the journal can be written', () => {
  it('stops placing, and fails no job: those that could not be started are run with the resume', async () => {
    const desk = new Desk()
    const until = `while [ ! -e ${desk.path('go')} ]; do sleep 0.02; done`
    const after = Array.from({ length: 5 }, (_, n) => ({ id: `after${n}`, command: `echo ran >> after${n}` }))
    const file = desk.jobs([{ id: 'during', priority: 1, command: `echo ran >> during; ${until}` }, ...after])
    const options = ['--capacity', 'threads=1,ramGb=1', '--run-dir', 'run']
    const run = desk.start('run', '--reports', 'plain', '--no-history', ...options, file)
    await expect.poll(() => desk.text('during'), { timeout: 20_000 }).toBe('ran\n')
    // Nobody, not even root, makes files in /sys.
    renameSync(desk.path('run/logs'), desk.path('run/logs.away'))
    symlinkSync('/sys', desk.path('run/logs'))
    writeFileSync(desk.path('go'), '')
    expect(await run.closed).not.toBe(0)
    expect(run.said.stderr).toMatch(/cannot write to .*run\/logs: .* No more jobs are started/)
    expect(run.said.stderr).toContain('then: longshore resume')
    expect(desk.statuses()).toEqual({ during: ['succeeded'] })

    rmSync(desk.path('run/logs'))
    renameSync(desk.path('run/logs.away'), desk.path('run/logs'))
    expect(await desk.call('resume', ...QUIET, 'run')).toMatchObject({ status: 0 })
    const ids = ['during', ...after.map(({ id }) => id)]
    expect(desk.statuses()).toEqual(Object.fromEntries(ids.map(id => [id, ['succeeded']])))
    expect(ids.map(id => desk.text(id))).toEqual(ids.map(() => 'ran\n'))
  })
})
