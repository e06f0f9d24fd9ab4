/** What `scontrol show config` tells of a cluster, as far as it matters here. */
export interface SlurmSettings {
  /** Seconds after which a node that does not answer is down; `null` where SLURM waits for ever. */
  readonly slurmdTimeoutS: number | null
  /** Seconds between TERM and KILL when an allocation ends. */
  readonly killWaitS: number
  /** Whether a step sees no other GPUs than its own. */
  readonly constrainsDevices: boolean
}

/** The lines of `scontrol show config`: `SlurmdTimeout           = 300 sec`. */
export function parseSettings(text: string): SlurmSettings {
  const settingOf = (name: string) => new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1]
  const timeoutS = Number(settingOf('SlurmdTimeout') ?? 0)
  return {
    slurmdTimeoutS: timeoutS > 0 ? timeoutS : null,
    killWaitS: Number(settingOf('KillWait') ?? 30),
    constrainsDevices: settingOf('ConstrainDevices') === 'yes',
  }
}
