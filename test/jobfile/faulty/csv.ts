import type { FaultyFile } from './case.ts'

function rows(title: string, content: string, ...expected: string[]): FaultyFile {
  return { title, file: 'jobs.csv', content, expected }
}

export const FAULTY_CSV: readonly FaultyFile[] = [
  rows(
    'a number that is none',
    'command,threads\ntrue,1\ntrue,four\n',
    'jobs.csv:3: expected threads to be a number > 0, got "four" (text)',
  ),
  rows(
    'a misspelt column',
    'command,thread\ntrue,1\n',
    'jobs.csv:1: unknown column "thread": did you mean "threads"?',
  ),
  rows(
    'no header',
    '"",threads\ntrue,1\n',
    'jobs.csv:1: unknown column "": the first line names keys of a job: id, name, group, command, task, args, timeS, threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources, priority, retries, timeoutS, env, cwd',
  ),
  rows(
    'a column twice',
    'command,threads,threads\ntrue,1,1\n',
    'jobs.csv:1: expected each column once, got "threads" twice',
  ),
  rows(
    'semicolons',
    'command;threads\ntrue;1\n',
    'jobs.csv:1: expected columns separated by ",", got ";" (text) in the header',
  ),
  rows(
    'a part of a key that has none',
    'command,threads.max\ntrue,1\n',
    'jobs.csv:1: unknown column "threads.max": the first line names keys of a job: id, name, group, command, task, args, timeS, threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources, priority, retries, timeoutS, env, cwd',
  ),
  rows(
    'a comma without quotes',
    'command,threads\necho a,b,1\ntrue,1\n',
    'jobs.csv:2: expected 2 cells as in the header, got 3: is a comma in a cell without quotes?',
  ),
  rows(
    'a quote that is never closed',
    'command,threads\n"true,1\ntrue,2\n',
    'jobs.csv:3: expected CSV: a quote is opened here or before and never closed',
  ),
  rows(
    'a quote within a cell',
    'command,threads\necho "a",1\n',
    'jobs.csv:2: expected CSV: a quote in the middle of a cell. Put the whole cell into quotes and double those in it',
  ),
  rows(
    'text behind a quote',
    'command,threads\n"echo" a,1\n',
    'jobs.csv:2: expected CSV: a quote in the middle of a cell. Put the whole cell into quotes and double those in it',
  ),
  rows(
    'a row without a command',
    'command,threads\ntrue,1\n,2\n',
    'jobs.csv:3: expected exactly one of command and task, got none of them',
  ),
  rows(
    'JSON that is none',
    'command,resources\ntrue,license=1\n',
    'jobs.csv:2: expected resources to be in JSON, got "license=1" (text)',
  ),
  rows('a header alone', 'command,threads\n', 'jobs.csv: holds no jobs'),
  rows(
    'the line after a cell of several lines',
    'command,threads\n"echo a\necho b",1\ntrue,0\n',
    'jobs.csv:4: expected threads to be a number > 0, got 0 (number)',
  ),
]
