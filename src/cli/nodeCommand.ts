import type { Command } from 'commander'

export function addNodeCommand(program: Command): void {
  program
    .command('node')
    .summary('what is seen of this machine')
    .description('Prints what the probe sees of this machine: threads, cores, RAM, GPUs, limits, fixed RAM.')
    .option('--json', 'as one JSON object: report, capacity, fixedRam')
    .action(({ json = false }: { readonly json?: boolean }) => showNode(json))
}

async function showNode(asJson: boolean): Promise<void> {
  const { capacityOf, describeNode, measureFixedRam, probeGpus, probeNode } = await import(
    '../probe/index.ts'
  )
  const gpus = probeGpus()
  const [report, fixedRam] = await Promise.all([
    probeNode(),
    gpus.then(seen => measureFixedRam({ gpus: seen.gpus })),
  ])
  const capacity = capacityOf(report)
  const text = asJson
    ? `${JSON.stringify({ report, capacity, fixedRam }, null, 2)}\n`
    : describeNode(report, capacity, fixedRam)
  process.stdout.write(text)
}
