import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { SlurmCluster, skipWithoutSlurm } from '../clusters/slurm/cluster.ts'
import { until } from '../clusters/slurm/until.ts'
import { commandsOf, createDesk, fileOf, sectionsOf } from '../support/examples.ts'
import { missingLines } from '../support/skeleton.ts'

it('docs/slurm.md shows what a reader gets who follows it on a real SLURM', async context => {
  skipWithoutSlurm(context)
  const cluster = await SlurmCluster.start({ nodes: 2, gpus: 0 })
  onTestFinished(() => cluster.stop())
  Object.assign(process.env, cluster.env)
  const desk = createDesk()
  onTestFinished(() => desk.clear())
  const folder = desk.folder('slurm')
  const blocks = sectionsOf('docs/slurm.md').flatMap(section => section.blocks)
  for (const block of blocks) {
    const name = fileOf(block)
    if (name) writeFileSync(join(folder, name), block.text)
    if (block.info !== 'console') continue
    // Each block is what is typed when all that was submitted before has run.
    await until(async () => (await cluster.call('squeue', '-h')).stdout === '')
    for (const { command, printed } of commandsOf(block)) {
      const { all, exitCode } = await desk.run(command, folder)
      const said = all.replaceAll(folder, '…')
      expect({ command, exitCode, said, missing: missingLines(printed, said) }).toMatchObject({
        exitCode: 0,
        missing: [],
      })
    }
  }
  expect(blocks.filter(({ info }) => info === 'console').length).toBeGreaterThan(2)
})
