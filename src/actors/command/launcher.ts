/**
 * A launcher: a small process that starts commands for the scheduler, because starting a process blocks whoever does
 * it, and the longer the bigger it is. Orders come in on standard input, reports go out on standard output.
 *
 * When its orders end and it was not told to end, the scheduler is gone. Then it lets its commands come to their end,
 * and listens for a scheduler that goes on with the run; with nothing left to run it leaves, and what nobody has heard
 * yet stays in its notebook. One that is ended by a signal, as all is on a machine that goes down, tells of no command that
 * has failed by that. A launcher without a folder ends its commands instead: nobody could find it again. One that
 * finds while it is alone that its node was given up kills them at once: they may run elsewhere.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { startTicks } from '../procfs.ts'
import { shortPath } from '../socketPath.ts'
import { receive } from './channel.ts'
import { type Commands, createCommands } from './commands.ts'
import { isFenced } from './fence.ts'
import { createPost, type Post } from './post.ts'
import type { LauncherOrder } from './protocol.ts'

/** Of its notebook and its socket: no other process will ever have the same. */
const NAME = `${process.pid}-${startTicks(process.pid) ?? Date.now()}`

// With every command that has ended, one error says that nobody is left to be signalled: its stack would cost ten times
// as much as the question.
Error.stackTraceLimit = 0

const FENCE_LOOK_MS = 1000

type Hello = Extract<LauncherOrder, { type: 'hello' }>

let commands: Commands | undefined
let post: Post | undefined
let folder: string | null = null
let server: Server | undefined
/** Where orders come from; `null` while there is no scheduler. */
let orders: Readable | null = process.stdin
let isLeaving = false
/** Somebody ends the machine, or what it lends of it: how commands end then says nothing of them. */
let isSignalled = false
/** While it is alone. */
let fenceLooks: NodeJS.Timeout | undefined

function take(order: LauncherOrder): void {
  if (order.type === 'hello') greet(order)
  else if (order.type === 'acknowledge') post?.acknowledge(order.ids)
  else if (order.type === 'end') leave()
  else commands?.take(order)
}

function greet(hello: Hello): void {
  if (commands) commands.use(hello)
  else begin(hello)
}

function begin(hello: Hello): void {
  folder = hello.folder
  const own = createPost(folder && join(folder, `${NAME}.jsonl`))
  own.connect(process.stdout, null)
  const ended: Post['ended'] = (id, run, ending) => {
    if (!isSignalled || ending.failure === undefined) own.ended(id, run, ending)
  }
  commands = createCommands(hello, { ...own, ended, idle: finishIfAlone })
  post = own
}

/** Ends what runs, and itself. */
function leave(): void {
  if (isLeaving) return
  isLeaving = true
  if (commands) commands.endAll(go)
  else go()
}

function go(): void {
  isLeaving = true
  clearInterval(fenceLooks)
  post?.close()
  server?.close()
  orders?.destroy()
}

/** The scheduler is gone. */
function goOnAlone(): void {
  orders = null
  if (isLeaving) return
  post?.disconnect()
  if (folder === null || !commands) leave()
  else if (commands.size === 0) commands.finish(goIfAlone)
  else goOn(folder, commands)
}

/** Until somebody comes, or nothing runs any more, or others were given what runs. */
function goOn(folder: string, commands: Commands): void {
  listen(folder)
  const look = (): void => {
    if (!isFenced(folder)) return
    isLeaving = true
    clearInterval(fenceLooks)
    server?.close()
    commands.killAll(go)
  }
  fenceLooks = setInterval(look, FENCE_LOOK_MS)
  look()
}

function finishIfAlone(): void {
  if (orders === null) commands?.finish(goIfAlone)
}

/** A scheduler may have come in the meantime. */
function goIfAlone(): void {
  if (orders === null) go()
}

function listen(folder: string): void {
  if (server) return
  server = createServer(welcome)
  const path = shortPath(folder, `${NAME}.sock`)
  server.once('error', () => {})
  server.listen(path.name, path.done)
}

/** A scheduler goes on with the run. The lock of the run sees to it that there is but one. */
function welcome(socket: Socket): void {
  clearInterval(fenceLooks)
  orders = socket
  post?.connect(socket, commands?.stands() ?? [])
  follow(socket)
}

function follow(stream: Readable): void {
  receive(stream, take)
  stream.once('close', () => {
    if (orders === stream) goOnAlone()
  })
}

function leaveAtOnce(): void {
  isSignalled = true
  leave()
}

follow(process.stdin)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, leaveAtOnce)
