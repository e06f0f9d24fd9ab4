import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { ClusterPlace } from './config.ts'

/** Ports below those that the kernel hands out for connections. */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000

/**
 * A folder and `count` ports that nobody else has. Whoever makes the folder has the ports that it is named by, so that
 * clusters of several tests at once do not meet.
 */
export async function takePlace(count: number): Promise<ClusterPlace> {
  const places = Math.floor((LAST_PORT - FIRST_PORT) / count)
  for (let tried = 0; tried < places; tried++) {
    const port = FIRST_PORT + ((process.pid + tried) % places) * count
    const folder = join(tmpdir(), `longshore-slurm-${port}`)
    if (await areFree(port, count)) {
      if (makes(folder))
        return { folder, port, host: hostname().split('.')[0] ?? '', user: userInfo().username }
    }
  }
  throw new Error(`No ${count} neighbouring ports are free between ${FIRST_PORT} and ${LAST_PORT}`)
}

function makes(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o755 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function areFree(port: number, count: number): Promise<boolean> {
  for (let i = 0; i < count; i++) if (!(await isFree(port + i))) return false
  return true
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)))
  })
}
