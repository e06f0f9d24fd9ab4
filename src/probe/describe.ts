import type { FixedRam, NodeCapacity } from '../node.ts'
import { formatCpuList } from './cpuList.ts'
import { gpuEntries } from './describeGpus.ts'
import type { FixedRamReport } from './fixedRam.ts'
import type { CpuReport, MemoryReport, NodeReport, NumaReport } from './report.ts'
import { amount, type Entry, gib, layOut, paragraph, plural } from './text.ts'

/** The text of `longshore node`: what was seen, what jobs may use of it, what a process costs, and what is wrong. */
export function describeNode(
  report: NodeReport,
  capacity: NodeCapacity,
  fixedRam: FixedRam | FixedRamReport,
): string {
  const sections = [
    layOut(machineEntries(report)),
    `Jobs may use\n${layOut(capacityEntries(report, capacity), '  ')}`,
    `A process costs before it does anything\n${layOut(fixedRamEntries(fixedRam, capacity), '  ')}`,
    report.warnings.length > 0 ? `Warnings\n${report.warnings.map(warning).join('\n')}` : '',
  ]
  return `${sections.filter(Boolean).join('\n\n')}\n`
}

function warning(text: string): string {
  return paragraph(text, '  ! ', '    ')
}

function machineEntries(report: NodeReport): Entry[] {
  return [
    ['Node', [report.name, report.os]],
    ['CPU', cpuLines(report.cpu)],
    ['Threads', threadLines(report.cpu)],
    ['Cores', coreLines(report.cpu)],
    ['RAM', ramLines(report.memory)],
    ...numaEntries(report.numa),
    ...gpuEntries(report),
  ]
}

function cpuLines({ model, online }: CpuReport): string[] {
  return [model ?? 'of unknown make', `${plural(online, 'logical CPU')} in the machine`]
}

function threadLines({ threads, online, allowed, quota }: CpuReport): string[] {
  const lines = [`${amount(threads)} usable`]
  if (allowed.length < online) lines.push(`this process is held to CPUs ${formatCpuList(allowed)}`)
  if (quota) lines.push(`quota of ${plural(quota.value, 'CPU')}: ${quota.from}`)
  return lines
}

function coreLines({ physicalCores, cores, allowed }: CpuReport): string[] {
  if (physicalCores === 0) return ['the machine does not tell']
  const kinds = (['performance', 'efficiency'] as const)
    .map(kind => [kind, cores.filter(core => core.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
  const physical = `${physicalCores} physical${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`
  const sockets = new Set(cores.map(core => core.socket)).size
  const siblings = allowed.length > physicalCores ? 'with siblings' : 'one thread each'
  return [
    `${physical}, ${siblings}${sockets > 1 ? `, on ${sockets} sockets` : ''}`,
    ...(cores.length === 0 ? ['processes cannot be pinned to them here'] : []),
  ]
}

function ramLines({ machineGb, availableGb, limit }: MemoryReport): string[] {
  const lines = [`${gib(machineGb)} in the machine, ${gib(availableGb)} available now`]
  if (limit) lines.push(`limit of ${gib(limit.value)}: ${limit.from}`)
  return lines
}

/** One node is no news. */
function numaEntries(numa: readonly NumaReport[]): Entry[] {
  if (numa.length < 2) return []
  return numa.map(({ id, cpus, totalGb, freeGb }) => [
    `NUMA ${id}`,
    [`CPUs ${formatCpuList(cpus)}; ${gib(totalGb)}, ${gib(freeGb)} free`],
  ])
}

function capacityEntries({ memory, gpus }: NodeReport, capacity: NodeCapacity): Entry[] {
  const { threads, ramGb, cores } = capacity
  return [
    ['threads', [amount(threads)]],
    ['cores', [cores.length > 0 ? `${cores.length} to pin jobs to` : 'none to pin jobs to']],
    ['RAM', [`${gib(ramGb)}${share(ramGb, memory.availableGb)}`]],
    ...capacity.gpus.map((gpu): Entry => {
      const seen = gpus.find(({ id }) => id === gpu.id)
      return [`GPU`, [`${gpu.id}: ${gib(gpu.ramGb)}${share(gpu.ramGb, seen?.freeRamGb ?? 0)}`]]
    }),
    ...Object.entries(capacity.resources).map(([name, count]): Entry => [name, [amount(count)]]),
  ]
}

/** Which part of the available RAM that is; nothing where a person has said how much. */
function share(used: number, available: number): string {
  return used < available ? ` (${Math.round((100 * used) / available)} % of what is available)` : ''
}

function fixedRamEntries(fixed: FixedRam | FixedRamReport, { gpus }: NodeCapacity): Entry[] {
  const line = (kind: keyof FixedRam) => [`${gib(fixed[kind])}${sourceOf(fixed, kind)}`]
  const entries: Entry[] = [
    ['command', line('command')],
    ['task', line('task')],
  ]
  return gpus.length > 0 ? [...entries, ['CUDA', line('cuda')]] : entries
}

function sourceOf(fixed: FixedRam | FixedRamReport, kind: keyof FixedRam): string {
  return 'sources' in fixed ? `, ${fixed.sources[kind]}` : ''
}
