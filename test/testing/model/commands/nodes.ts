import { NODES } from '../plan.ts'
import type { Real } from '../real.ts'
import { commandOf, type SystemCommand } from './jobs.ts'

/** A node is lost: dead with all that ran there, or only out of reach, so that its jobs go on and tell of it late. */
export function lose(name: string, dies: boolean): SystemCommand {
  return commandOf(`lose(${name}, ${dies ? 'dead' : 'out of reach'})`, (model, real) => {
    const { system } = real
    model.away.add(name)
    if (dies) system.loseNode(name)
    else {
      if ((system.executors.get(name)?.running.size ?? 0) > 0) real.haunted.add(name)
      system.actor.send({ type: 'node.lose', node: name })
    }
  })
}

/** A node takes nothing new; what runs there goes on. */
export function leave(name: string): SystemCommand {
  return commandOf(`leave(${name})`, (model, { system }) => {
    model.away.add(name)
    system.actor.send({ type: 'node.leave', node: name })
  })
}

/** A node is short of RAM, or no longer so. */
export function shortage(name: string, isShort: boolean): SystemCommand {
  return commandOf(`${name} is ${isShort ? '' : 'not '}short of RAM`, (_, { system }) => {
    system.actor.send({ type: isShort ? 'node.short' : 'node.eased', node: name, availableGb: 1 })
  })
}

/** A node is back: restarted, or as it was, with what runs there. */
export function back(name: string, asItWas: boolean): SystemCommand {
  return commandOf(
    `back(${name}, ${asItWas ? 'as it was' : 'restarted'})`,
    (model, real) => {
      model.away.delete(name)
      bring(real, name, asItWas)
    },
    model => model.away.has(name),
  )
}

export function bring({ system }: Real, name: string, asItWas: boolean): void {
  const capacity = NODES.find(node => node.name === name)
  const executor = system.executors.get(name)
  if (!capacity || !executor) throw new Error(`no node ${name}`)
  // A node with jobs of ours can only come back as it was: others of its kind would not know of them.
  const holds = [...system.state().live.values()].some(live => live.node === name)
  if (asItWas || holds) system.join(capacity, { command: executor, task: executor, inline: executor })
  else system.joinNode(capacity)
}
