import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A folder with programs of our own, for `PATH`. Gone at the end of the test that uses it. */
export class ToolFolder implements Disposable {
  readonly path: string

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'longshore-tools-'))
  }

  /** Puts a shell script there under a name. */
  add(name: string, script: string): this {
    mkdirSync(this.path, { recursive: true })
    const file = join(this.path, name)
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    return this
  }

  /** An environment in which nothing but these programs and the system's own simple ones is found. */
  env(more: Record<string, string> = {}): Record<string, string> {
    return { PATH: `${this.path}:/usr/bin:/bin`, ...more }
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** A script that answers as nvidia-smi does, out of the recordings of that name. */
export function nvidiaSmi(name: string): string {
  const file = (kind: string) =>
    fileURLToPath(new URL(`../recordings/nvidia/${name}.${kind}`, import.meta.url))
  return [
    'case "$1" in',
    `--query-gpu=*) cat '${file('gpus.csv')}' ;;`,
    `--query-compute-apps=*) cat '${file('processes.csv')}' 2>/dev/null || exit 0 ;;`,
    `-L) cat '${file('list.txt')}' 2>/dev/null || exit 0 ;;`,
    `-q) cat '${file('query.txt')}' ;;`,
    '*) exit 2 ;;',
    'esac',
  ].join('\n')
}
