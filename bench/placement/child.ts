/** A process of the bench: plays what it is told, one after the other. */
import { play } from './play.ts'
import type { Task } from './task.ts'

process.on('message', (task: Task) => process.send?.(play(task)))
