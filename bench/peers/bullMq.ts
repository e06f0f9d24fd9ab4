import { runNode, versionOfNpm, versionOfProgram } from './installed.ts'
import type { Peer } from './peer.ts'

export const bullMq: Peer = {
  name: 'BullMQ with Redis, 2 workers',
  version() {
    const [bullMq, redis] = [versionOfNpm('bullmq'), versionOfProgram('redis-server')]
    return bullMq === null || redis === null ? null : `${bullMq}, Redis ${redis}`
  },
  tasks: count => runNode('bullMq.mjs', `${count}`),
}
