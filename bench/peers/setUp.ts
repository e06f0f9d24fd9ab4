import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PEERS } from '../core/places.ts'
import { DEBIAN, NPM, PYTHON, versionOfNpm, versionOfProgram, versionOfPython } from './installed.ts'

const OF_NPM = ['bullmq', 'ioredis', 'piscina', 'p-queue', 'execa']
const OF_PYTHON = ['hyperqueue', 'ray', 'distributed']
const OF_DEBIAN = ['parallel', 'redis-server']

/**
 * Installs what is missing of all that Longshore is compared with, into a folder that git ignores: nothing of the
 * system is changed. What cannot be installed is told and left out.
 */
export function setUpPeers(note: (line: string) => void): void {
  mkdirSync(PEERS, { recursive: true })
  const steps = [
    { what: 'npm', missing: OF_NPM.filter(name => versionOfNpm(name) === null), install: installNpm },
    {
      what: 'PyPI',
      missing: OF_PYTHON.filter(name => versionOfPython(name) === null),
      install: installPython,
    },
    {
      what: 'Debian',
      missing: OF_DEBIAN.filter(name => versionOfProgram(name) === null),
      install: installDebian,
    },
  ]
  for (const { what, missing, install } of steps) {
    if (missing.length === 0) continue
    note(`installing ${missing.join(', ')} (${what}) into .peers …`)
    const fault = install(missing)
    if (fault !== null) note(`could not install all of ${missing.join(', ')}: ${fault}`)
  }
}

/** Each returns why it failed, or `null`. */
function installNpm(names: readonly string[]): string | null {
  mkdirSync(NPM, { recursive: true })
  const own = join(NPM, 'package.json')
  if (!existsSync(own)) writeFileSync(own, '{ "private": true }\n')
  return run(['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...names], NPM)
}

function installPython(names: readonly string[]): string | null {
  const venv = existsSync(PYTHON) ? null : run(['python3', '-m', 'venv', join(PEERS, 'venv')], PEERS)
  return (
    venv ?? run([PYTHON, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...names], PEERS)
  )
}

/** Packages are fetched and unpacked, with those that they need and the system lacks: that takes no root. */
function installDebian(names: readonly string[]): string | null {
  const debs = join(DEBIAN, 'debs')
  mkdirSync(debs, { recursive: true })
  const needed = spawnSync('apt-get', ['install', '--simulate', '--no-install-recommends', ...names], {
    encoding: 'utf8',
  })
  if (needed.status !== 0) return needed.error?.message ?? needed.stderr.trim()
  const packages = [...needed.stdout.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? [])
  return (
    run(['apt-get', 'download', '--quiet=2', ...packages], debs) ??
    run(['sh', '-c', `for deb in *.deb; do dpkg-deb --extract "$deb" '${DEBIAN}'; done`], debs)
  )
}

function run([program = '', ...args]: readonly string[], cwd: string): string | null {
  const { status, error, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (status === 0) return null
  return error?.message ?? `${program} ended with ${status}: ${stderr.trim().slice(-500)}`
}
