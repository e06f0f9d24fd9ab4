/** What a test cluster is like. */
export interface ClusterShape {
  /** Number of nodes, named n1, n2, … Default 4. */
  readonly nodes: number
  /** Default 8, whatever the machine has. */
  readonly cpus: number
  /** Default 4000. */
  readonly memoryMib: number
  /** Pretended GPUs of each node. Default 4. */
  readonly gpus: number
  /** Seconds after which a node that does not answer is down. Default 300: no test wants that by chance. */
  readonly slurmdTimeoutS: number
}

/** Where a cluster has its files and its ports. */
export interface ClusterPlace {
  readonly folder: string
  /** Port of slurmctld; the nodes have those that follow. */
  readonly port: number
  readonly host: string
  readonly user: string
}

/** Names of the nodes: n1, n2, … */
export function nodeNames({ nodes }: ClusterShape): string[] {
  return Array.from({ length: nodes }, (_, i) => `n${i + 1}`)
}

/** A slurm.conf: several nodes on one machine, each with its own slurmd and port, signed by a munged of its own. */
export function slurmConf(shape: ClusterShape, { folder, port, host, user }: ClusterPlace): string {
  const { cpus, memoryMib, gpus, slurmdTimeoutS } = shape
  const nodes = nodeNames(shape).map(
    (name, i) =>
      `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.${11 + i} Port=${port + 1 + i} CPUs=${cpus} Boards=1 SocketsPerBoard=1 CoresPerSocket=${cpus} ThreadsPerCore=1 RealMemory=${memoryMib} ${gpus > 0 ? `Gres=gpu:${gpus} ` : ''}State=UNKNOWN`,
  )
  return `ClusterName=longshore
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${port}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${folder}/munge.sock
StateSaveLocation=${folder}/slurmctld
SlurmdSpoolDir=${folder}/%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/%n.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/%n.log
SlurmctldDebug=info
SlurmdDebug=info
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=${slurmdTimeoutS}
SlurmctldTimeout=5
MessageTimeout=5
InactiveLimit=0
KillWait=2
UnkillableStepTimeout=10
MinJobAge=300
WaitTime=0
PropagateResourceLimits=NONE
MailProg=/bin/true
GresTypes=gpu
${nodes.join('\n')}
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO DefMemPerCPU=${Math.floor(memoryMib / cpus)}
`
}

/**
 * GPUs are character devices that do nothing: SLURM then tells each step which of them are its own. Only root can make
 * devices; without them SLURM counts GPUs, and steps are told nothing.
 */
export function gresConf({ gpus }: ClusterShape, devices: readonly string[] | null): string {
  if (gpus === 0) return 'AutoDetect=off\n'
  const lines = devices?.map(device => `Name=gpu File=${device}`) ?? [`Name=gpu Count=${gpus}`]
  return ['AutoDetect=off', ...lines, ''].join('\n')
}
