/** What a guard becomes when its executor is gone: ends what is left of its workers, and itself. */
import { createMarkedSearch, markOf } from '../../marked.ts'
import { endSession } from '../session.ts'
import { GUARD_MARK } from './guard.ts'

const [mark = '', ...workers] = process.argv.slice(2)
const search = createMarkedSearch(GUARD_MARK)

/** Whose `LONGSHORE_OUTPUT` was taken away is to stay. */
function strays(): number[] {
  return (search(new Set([mark])).get(mark) ?? []).filter(pid => markOf(pid) !== '')
}

for (const worker of workers) endSession(Number(worker), strays, () => {})
