import { join } from 'node:path'
import type { RunHolder } from '../../errors.ts'
import { openDatabase } from '../sqlite.ts'

/** Who has the run, as its journal names it; `null` where that cannot be read. */
export function holderOf(runDir: string): RunHolder | null {
  try {
    const db = openDatabase(join(runDir, 'journal.sqlite'), { readOnly: true })
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
