import diagnostics from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { probeGpus } from '../../src/probe/index.ts'
import { filesOf } from './support/recordings.ts'
import { nvidiaSmi, ToolFolder } from './support/tools.ts'

const files = filesOf('')
const MISMATCH = fileURLToPath(new URL('./recordings/nvidia/mismatch.txt', import.meta.url))
const MI210 = fileURLToPath(new URL('./recordings/amd/mi210.json', import.meta.url))

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** How many processes were started while `work` went on. */
async function processesStartedBy(work: () => Promise<unknown>): Promise<number> {
  let started = 0
  const count = () => {
    started++
  }
  diagnostics.subscribe('child_process', count)
  await work()
  diagnostics.unsubscribe('child_process', count)
  return started
}

describe('looking for GPUs with real processes', () => {
  it('finds them through the nvidia-smi in PATH', async () => {
    using tools = new ToolFolder().add('nvidia-smi', nvidiaSmi('eight'))
    const { gpus, hidden, warnings } = await probeGpus({
      files,
      env: tools.env({ CUDA_VISIBLE_DEVICES: '2,5' }),
    })
    expect(gpus.map(({ id, processes }) => [id, processes.length])).toEqual([
      ['2', 2],
      ['5', 1],
    ])
    expect(hidden).toHaveLength(6)
    expect(warnings).toEqual([])
  })

  it('asks once more where there are MIG slices', async () => {
    using tools = new ToolFolder().add('nvidia-smi', nvidiaSmi('mig'))
    const { gpus } = await probeGpus({ files, env: tools.env() })
    expect(gpus.map(({ kind, totalRamGb }) => [kind, totalRamGb])[0]).toEqual(['mig', 19.5])
  })

  it('asks an old driver without the field that it refuses', async () => {
    const refuse = `case "$1" in *mig.mode*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2;; esac`
    using tools = new ToolFolder().add('nvidia-smi', `${refuse}\n${nvidiaSmi('silent')}`)
    expect((await probeGpus({ files, env: tools.env() })).gpus).toHaveLength(2)
  })

  it('finds AMD’s through rocm-smi', async () => {
    using tools = new ToolFolder().add('rocm-smi', `cat '${MI210}'`)
    const { gpus, warnings } = await probeGpus({ files, env: tools.env() })
    expect(gpus.map(({ vendor, id }) => [vendor, id])).toEqual([
      ['amd', '0'],
      ['amd', '1'],
    ])
    expect(warnings).toEqual([])
  })

  it('uses the GPUs of one vendor at a time, and says so', async () => {
    using tools = new ToolFolder().add('nvidia-smi', nvidiaSmi('eight')).add('rocm-smi', `cat '${MI210}'`)
    const { gpus, hidden, warnings } = await probeGpus({ files, env: tools.env() })
    expect(gpus).toHaveLength(8)
    expect(hidden.map(({ vendor }) => vendor)).toEqual(['amd', 'amd'])
    expect(warnings).toEqual([expect.stringContaining('those of AMD are not used')])
  })
})

describe('looking for GPUs where that fails', () => {
  it('warns once, with the tool’s own words, when the driver does not match', async () => {
    using tools = new ToolFolder().add('nvidia-smi', `cat '${MISMATCH}'; exit 18`)
    const { gpus, warnings } = await probeGpus({ files, env: tools.env() })
    expect(gpus).toEqual([])
    expect(warnings).toEqual([
      expect.stringMatching(
        /nvidia-smi fails.*Driver\/library version mismatch \(it ended with exit code 18\)/,
      ),
    ])
  })

  it('warns once when the tool hangs, and ends it', async () => {
    using tools = new ToolFolder().add('nvidia-smi', `echo $$ >> "\${0%/*}/pids"; exec sleep 60`)
    const { gpus, warnings } = await probeGpus({ files, env: tools.env(), timeoutS: 1.5 })
    expect(gpus).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('no answer within 1.5 s')])
    const pids = readFileSync(`${tools.path}/pids`, 'utf8').trim().split('\n').map(Number)
    expect(pids).toHaveLength(3)
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 5000)
  })

  it('warns once when the tool cannot be run or lists nothing', async () => {
    using tools = new ToolFolder().add('nvidia-smi', 'exit 0').add('rocm-smi', 'echo "{}"')
    const { warnings } = await probeGpus({ files, env: tools.env() })
    expect(warnings).toEqual([
      expect.stringMatching(/nvidia-smi fails.*lists no GPU/),
      expect.stringMatching(/rocm-smi fails.*lists no GPU/),
    ])
  })

  it('starts no process and says nothing where there is neither a tool nor a device', async () => {
    using tools = new ToolFolder()
    const env = { PATH: tools.path }
    expect(await processesStartedBy(() => probeGpus({ files, env }))).toBe(0)
    expect(await probeGpus({ files, env })).toEqual({ gpus: [], hidden: [], visibleBy: null, warnings: [] })
  })

  it('counts the processes that it does start, so that none above means none', async () => {
    using tools = new ToolFolder().add('nvidia-smi', nvidiaSmi('eight'))
    expect(await processesStartedBy(() => probeGpus({ files, env: tools.env() }))).toBe(3)
  })

  it('warns where there is a device but no tool to tell of it', async () => {
    using tools = new ToolFolder()
    const device = filesOf('/dev/nvidiactl:')
    const { warnings } = await probeGpus({ files: device, env: { PATH: tools.path } })
    expect(warnings).toEqual([expect.stringContaining('no nvidia-smi in PATH')])
  })
})
