import { join } from 'node:path'
import type { RunHolder } from '../../errors.ts'
import { openToRead } from '../sqlite.ts'

/** Who has the run, as its journal names it; `null` where that cannot be read. */
export function holderOf(runDir: string): RunHolder | null {
  try {
    const db = openToRead(join(runDir, 'journal.sqlite'))
    try {
      const row = db.prepare('select pid, host, began_at from sessions order by id desc limit 1').get()
      return row
        ? { pid: Number(row['pid']), host: String(row['host']), since: Number(row['began_at']) }
        : null
    } finally {
      db.close()
    }
  } catch {
    return null
  }
}
