/**
 * A launcher: a small process that starts commands for the scheduler, because starting a process blocks whoever does
 * it, and the longer the bigger it is. Orders come in on standard input, reports go out on standard output. When its
 * orders end, the scheduler is gone: then it ends its commands and itself.
 */
import { receive, sender } from './channel.ts'
import { type Commands, createCommands } from './commands.ts'
import type { LauncherOrder, LauncherReport } from './protocol.ts'

const reports = sender<LauncherReport>(process.stdout)
let commands: Commands | undefined

function take(order: LauncherOrder): void {
  if (order.type === 'hello') commands = createCommands(order, reports)
  else commands?.take(order)
}

function leave(): void {
  if (commands === undefined) process.exit()
  commands.endAll(() => {
    reports.end()
    process.stdin.destroy()
  })
}

receive(process.stdin, take)
process.stdin.once('close', leave)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, leave)
