import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** In the folder of launchers that are given up. */
const MARK = 'lost'

/**
 * Tells launchers that nobody can reach that their node was given up: those that are alone find the mark within a second,
 * and kill what they run. To be put there before their jobs are given to others.
 */
export function fence(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, MARK), '', { mode: 0o600 })
}

/** Somebody has come who follows them. */
export function unfence(folder: string): void {
  rmSync(join(folder, MARK), { force: true })
}

/** The folders in this one that are. */
export function fencedIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map(name => join(folder, name))
    .filter(isFenced)
}

export function isFenced(folder: string): boolean {
  return existsSync(join(folder, MARK))
}
