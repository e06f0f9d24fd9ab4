import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import type { JobContext, JobFailure } from '../../../job.ts'
import { failureOf } from '../../thrown.ts'

/** A task: what a module exports as its default. */
export type Task = (args: unknown, context: JobContext) => unknown

/** `retryable`: the process has not remembered the failure, so a later attempt may find the module mended. */
export type Loading =
  | { readonly ok: true; readonly task: Task }
  | { readonly ok: false; readonly failure: JobFailure; readonly retryable: boolean }

/**
 * Loads a task's module: a file URL or another one that Node imports, or an absolute path. Never rejects.
 *
 * A process loads each module once. When the file changes on disk, workers that have it go on with what they
 * loaded; workers that start later take the new one.
 */
export async function loadTask(module: string): Promise<Loading> {
  try {
    const url = toUrl(module)
    if (isMissing(url)) return fault(`The task's module ${fileURLToPath(url)} does not exist`, true)
    return findTask(module, await import(url.href))
  } catch (error) {
    const { message, ...details } = failureOf(error, 'start')
    const told = { ...details, message: `The task's module ${module} failed while it was loaded: ${message}` }
    return { ok: false, failure: told, retryable: false }
  }
}

function isMissing(url: URL): boolean {
  return url.protocol === 'file:' && !existsSync(url)
}

function toUrl(module: string): URL {
  return /^[a-z][a-z\d+.-]+:/i.test(module) ? new URL(module) : pathToFileURL(module)
}

function findTask(module: string, exported: Record<string, unknown>): Loading {
  const task = exported['default']
  if (typeof task === 'function') return { ok: true, task: task as Task }
  const found =
    'default' in exported ? `its default export is ${inspect(task, { depth: 0 })}` : describe(exported)
  return fault(
    `The task's module ${module} must have a function as its default export, but ${found}. Write: export default function (args, context) { … }`,
    false,
  )
}

function describe(exported: object): string {
  const names = Object.keys(exported)
  return names.length === 0 ? 'it exports nothing' : `it exports only ${names.join(', ')}`
}

function fault(message: string, retryable: boolean): Loading {
  return { ok: false, failure: { reason: 'start', message }, retryable }
}
