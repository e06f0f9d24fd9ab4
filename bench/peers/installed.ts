import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerOf } from '../core/answerOf.ts'
import { PEERS } from '../core/places.ts'
import type { Trial } from './peer.ts'

/** Packages of Debian, unpacked: they need no root. */
export const DEBIAN = join(PEERS, 'debian')
/** Packages of npm. */
export const NPM = join(PEERS, 'npm')
/** A virtual environment of Python. */
export const PYTHON = join(PEERS, 'venv', 'bin', 'python')

const PROGRAMS = new URL('./programs/', import.meta.url).pathname

/** The environment in which what was unpacked finds its libraries; what the system has is found too. */
export function debianEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', LD_LIBRARY_PATH = '', ...env } = process.env
  const libraries = join(DEBIAN, 'usr/lib', triplet())
  return {
    ...env,
    PATH: `${PATH}:${join(DEBIAN, 'usr/bin')}`,
    LD_LIBRARY_PATH: [libraries, LD_LIBRARY_PATH].filter(Boolean).join(':'),
  }
}

function triplet(): string {
  return `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`
}

/** The first version number that a program tells of itself; `null` where it cannot be started. */
export function versionOfProgram(name: string): string | null {
  const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8', env: debianEnvironment() })
  return status === 0 ? (/\d+(\.\d+)+|\d{6,}/.exec(stdout)?.[0] ?? 'unknown') : null
}

/** The version of a package in the folder of npm; `null` where it is not there. */
export function versionOfNpm(name: string): string | null {
  const file = join(NPM, 'node_modules', name, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : null
}

/** The version of a package in the virtual environment; `null` where it is not there. */
export function versionOfPython(name: string): string | null {
  const code = `from importlib.metadata import version; print(version('${name}'))`
  const { status, stdout } = spawnSync(PYTHON, ['-c', code], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

/** Runs a program of `programs/` in Python; its last line tells how it went. */
export function runPython(program: string, folder: string, ...args: readonly string[]): Promise<Trial> {
  // Ray, Dask and HyperQueue leave folders behind: these go with ours.
  const env = { ...process.env, TMPDIR: folder }
  return answerOf([PYTHON, join(PROGRAMS, program), ...args], { cwd: folder, env })
}

/** Runs a program of `programs/` in Node, beside the packages that it imports; its last line tells how it went. */
export function runNode(program: string, ...args: readonly string[]): Promise<Trial> {
  const beside = join(NPM, 'programs')
  cpSync(PROGRAMS, beside, { recursive: true })
  return answerOf([process.execPath, join(beside, program), ...args], { cwd: NPM, env: debianEnvironment() })
}
