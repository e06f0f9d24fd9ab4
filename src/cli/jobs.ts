import { extname } from 'node:path'
import { type Fault, InvalidJobsError, InvalidOptionsError } from '../errors.ts'
import { expandJob, type PlacedJobs, parseSweepOption, readPlacedJobs } from '../jobfile/index.ts'
import type { Scheduler } from '../scheduler.ts'
import { givenRequestFlags, locateFlag, type RequestFlags, specOf, sweepOf } from './requestOptions.ts'

/** Of which command of `longshore` the jobs are. */
type For = 'run' | 'plan' | 'add'

/** The jobs of the files, or of the command behind `--`. Throws when there are both, or neither. */
export async function jobsOf(
  files: readonly string[],
  command: readonly string[] | null,
  flags: RequestFlags & { readonly retries?: number | string },
  of: For = 'run',
): Promise<PlacedJobs> {
  refuseUnclear(files, command, flags, of)
  const retries = typeof flags.retries === 'number' ? flags.retries : undefined
  if (command === null) return readFiles(files, retries, of)
  const jobs = expandJob(specOf(command, flags), sweepOf(flags, parseSweepOption), locateFlag, { retries })
  return { jobs, placeOf: () => 'command' }
}

function refuseUnclear(
  files: readonly string[],
  command: readonly string[] | null,
  flags: RequestFlags,
  of: For,
): void {
  const faults: Fault[] = []
  const tell = (where: string, message: string) => faults.push({ where, message })
  if (command === null && files.length === 0)
    tell('', `expected a job file, or a command behind --. See longshore ${of} --help`)
  if (command?.length === 0) tell('', 'expected a command behind --, got nothing')
  if (command !== null && files.length > 0) {
    tell(
      '',
      `expected either job files or a command behind --, got both (${files.join(' ')} stands before --)`,
    )
  }
  if (command === null && files.length > 0) {
    for (const flag of givenRequestFlags(flags)) tell(flag, `is for a command behind --: ${INSTEAD}`)
  }
  if (faults.length > 0) throw new InvalidOptionsError(faults)
}

const INSTEAD = 'in a job file this is a key of a job, or of "defaults"'

/** Whoever forgets the `--` has named a program where a file is expected. */
async function readFiles(
  files: readonly string[],
  retries: number | undefined,
  of: For,
): Promise<PlacedJobs> {
  try {
    return await readPlacedJobs(files, { retries })
  } catch (error) {
    const [first = ''] = files
    if (!(error instanceof InvalidJobsError) || first === '-' || extname(first) !== '') throw error
    const advice = `a command stands behind --, as in: longshore ${of} -- ${files.join(' ')}`
    throw new InvalidJobsError([...error.faults, { where: '', message: advice }])
  }
}

/** Adds the jobs; what is wrong with one of them is told where it was read. Throws an `InvalidJobsError`. */
export async function addPlaced(
  scheduler: Pick<Scheduler, 'addAll'>,
  { jobs, placeOf }: PlacedJobs,
): Promise<void> {
  try {
    await scheduler.addAll(jobs)
  } catch (error) {
    throw withPlaces(error, placeOf)
  }
}

/** The error, with the places at which faulty jobs were read. */
export function withPlaces(error: unknown, placeOf: PlacedJobs['placeOf']): unknown {
  if (!(error instanceof InvalidJobsError)) return error
  return new InvalidJobsError(error.faults.map(fault => placed(fault, placeOf)))
}

function placed(fault: Fault, placeOf: PlacedJobs['placeOf']): Fault {
  const { where, message, index } = fault
  return index === undefined ? fault : { where: placeOf(index), message: `${where} ${message}`, index }
}
