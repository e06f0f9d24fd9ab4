/** Name of an attempt's logs in the folder `logs` of a run, without `.out` and `.err`: `ID`, `ID.2` for a second attempt. */
export function logName(jobId: string, attempt: number): string {
  return attempt > 1 ? `${jobId}.${attempt}` : jobId
}
