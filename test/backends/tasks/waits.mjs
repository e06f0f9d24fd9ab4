import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** Until the file is there. */
export default async path => {
  while (!existsSync(path)) await setTimeout(20)
}
