import type { Command } from 'commander'

export function addNodeCommand(program: Command): void {
  program
    .command('node')
    .summary('what is seen of this machine')
    .description('Prints what the probe sees of this machine: threads, cores, RAM, GPUs, limits, fixed RAM.')
    .option('--json', 'as one JSON object: report, capacity, fixedRam')
    .action(({ json = false }: { readonly json?: boolean }) => showNode(json))
}

/** So that all is printed within a second; a run waits longer. */
const CUDA_TIMEOUT_S = 0.6

async function showNode(asJson: boolean): Promise<void> {
  const { capacityOf, describeNode, probeGpus, probeNode } = await import('../probe/index.ts')
  const { fixedRamHere } = await import('../fixedRam.ts')
  const gpus = probeGpus()
  const [report, fixedRam] = await Promise.all([
    probeNode(),
    gpus.then(seen => fixedRamHere(seen.gpus, { cudaTimeoutS: CUDA_TIMEOUT_S })),
  ])
  const capacity = capacityOf(report)
  const text = asJson
    ? `${JSON.stringify({ report, capacity, fixedRam }, null, 2)}\n`
    : describeNode(report, capacity, fixedRam)
  process.stdout.write(text)
}
