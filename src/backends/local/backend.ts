import {
  type CommandExecutor,
  createCommandExecutor,
  endAbandoned,
  findDelegation,
  followed,
  prepareCgroups,
} from '../../actors/command/executor.ts'
import { createInlineExecutor } from '../../actors/inline.ts'
import { launcherFolder } from '../../actors/record/folder.ts'
import { createTaskExecutor } from '../../actors/task/executor.ts'
import { InvalidOptionsError } from '../../errors.ts'
import { lookAtMemory } from '../../probe/memoryLook.ts'
import { lookAtThisMachine } from '../../run/thisMachine.ts'
import type { ExecutorsByKind } from '../../system.ts'
import type { Backend, BackendHost } from '../backend.ts'

/** The machine that the scheduler runs on, as its only node. */
export function createLocalBackend(): Backend {
  let executors: LocalExecutors | null = null
  return {
    name: 'local',
    runsInline: true,
    async open(host) {
      const { warnings, ...seen } = await lookAtThisMachine(host.options)
      for (const warning of warnings) host.warn(warning)
      executors = executorsFor(host, cgroupsFor(host))
      // Whatever the machine was called then: what an earlier scheduler has left here is in the run's folder.
      const open = new Map([...host.open.values()].flatMap(one => [...one]))
      const stands = await executors.command.adopt(open)
      if (host.isResumed)
        await endAbandoned({ runDir: host.runDir, node: null, followed: followed(open, stands) })
      host.join({ ...seen, executors, stands, look: lookAtMemory })
    },
    expect: commands => executors?.command.expect(commands),
    acknowledge: placementIds => executors?.command.acknowledge(placementIds),
    giveUp: async () => executors?.inline.close(),
    async close() {
      await Promise.all([executors?.command.close(), executors?.task.close(), executors?.inline.close()])
    },
  }
}

type LocalExecutors = ExecutorsByKind & { readonly command: CommandExecutor }

/** Where commands get cgroups of their own; `null` where that was not asked for. Throws an `InvalidOptionsError` where it cannot be. */
function cgroupsFor({ options }: BackendHost): string | null {
  if (options.enforce === undefined) return null
  const delegation = findDelegation()
  const refuse = (why: string) =>
    new InvalidOptionsError([{ where: 'enforce', message: `RAM cannot be enforced here: ${why}` }])
  if (!delegation.can) throw refuse(delegation.why)
  try {
    prepareCgroups(delegation)
    return delegation.folder
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error))
  }
}

function executorsFor(host: BackendHost, cgroups: string | null): LocalExecutors {
  const { clock, runDir, options, isKept } = host
  const { workerRamFactor: ramGrowthFactor } = options
  return {
    command: createCommandExecutor({
      now: clock.now,
      mayStart: () => host.mayStart(),
      withheld: placementIds => host.withdraw(placementIds),
      ...(isKept && { blocked: why => host.blocked(why) }),
      ...(cgroups !== null && { cgroups }),
      ...(isKept && { folder: launcherFolder(runDir) }),
    }),
    task: createTaskExecutor({ now: clock.now, ...(ramGrowthFactor !== undefined && { ramGrowthFactor }) }),
    inline: createInlineExecutor({ now: clock.now }),
  }
}
