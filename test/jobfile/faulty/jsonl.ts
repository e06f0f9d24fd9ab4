import type { FaultyFile } from './case.ts'

/** A line of a job that is right. */
const FINE = '{"command": ["true"]}'

function lines(title: string, content: string, ...expected: string[]): FaultyFile {
  return { title, file: 'jobs.jsonl', content, expected }
}

export const FAULTY_JSONL: readonly FaultyFile[] = [
  lines(
    'a number out of range',
    `${FINE}\n${FINE}\n{"command": "true", "threads": -1}\n`,
    'jobs.jsonl:3: expected threads to be a number > 0, got -1 (number)',
  ),
  lines(
    'a number that is a text',
    '{"command": "true", "threads": "4"}',
    'jobs.jsonl:1: expected threads to be a number > 0, got "4" (text)',
  ),
  lines(
    'a misspelt key',
    '{"command": "true", "thread": 2}',
    'jobs.jsonl:1: unknown key "thread": did you mean "threads"?',
  ),
  lines(
    'a key of another convention',
    '{"command": "true", "ram_gb": 2, "cpus": 3}',
    'jobs.jsonl:1: unknown key "ram_gb": did you mean "ramGb"?',
    'jobs.jsonl:1: unknown key "cpus": did you mean "threads"?',
  ),
  lines(
    'a key that is near to none',
    '{"command": "true", "wallclock": 2}',
    'jobs.jsonl:1: unknown key "wallclock": known are id, name, group, command, task, args, timeS, threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources, priority, retries, timeoutS, env, cwd',
  ),
  lines(
    'a key that objects have of themselves',
    '{"command": "true", "__proto__": {"threads": 2}}',
    'jobs.jsonl:1: unknown key "__proto__": known are id, name, group, command, task, args, timeS, threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources, priority, retries, timeoutS, env, cwd',
  ),
  lines(
    'what only code can hold',
    '{"inline": "x"}',
    'jobs.jsonl:1: unknown key "inline": known are id, name, group, command, task, args, timeS, threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources, priority, retries, timeoutS, env, cwd',
  ),
  lines(
    'a line that is no JSON, after a blank one',
    `${FINE}\n\n{"command": tru}\n`,
    `jobs.jsonl:3: expected a job in JSON on this line: Unexpected token '}', "{"command": tru}" is not valid JSON`,
  ),
  lines(
    'a line that ends too early',
    '{"command": "true"',
    `jobs.jsonl:1: expected a job in JSON on this line: Expected ',' or '}' after property value at column 19`,
  ),
  lines(
    'a line that is no object',
    '["true"]\n"true"\nnull\n3\n',
    'jobs.jsonl:1: expected a job to be an object, got ["true"] (list)',
    'jobs.jsonl:2: expected a job to be an object, got "true" (text)',
    'jobs.jsonl:3: expected a job to be an object, got null',
    'jobs.jsonl:4: expected a job to be an object, got 3 (number)',
  ),
  lines(
    'nothing to run',
    '{"name": "a"}',
    'jobs.jsonl:1: expected exactly one of command and task, got none of them',
  ),
  lines(
    'two things to run',
    '{"command": "true", "task": "./fit.ts"}',
    'jobs.jsonl:1: expected exactly one of command and task, got command and task',
  ),
  lines(
    'arguments beside a command',
    '{"command": "true", "args": [1]}',
    'jobs.jsonl:1: expected args only beside task, got it beside command: put the arguments of a command into its list',
  ),
  lines(
    'empty commands',
    '{"command": ""}\n{"command": " "}\n{"command": []}\n{"command": [""]}',
    'jobs.jsonl:1: expected command to be a text, or a list of texts that starts with a program, got "" (text)',
    'jobs.jsonl:2: expected command to be a text, or a list of texts that starts with a program, got " " (text)',
    'jobs.jsonl:3: expected command[0] to be the name of a program, got nothing',
    'jobs.jsonl:4: expected command[0] to be the name of a program, got "" (text)',
  ),
  lines(
    'an argument that is no text',
    '{"command": ["python", "fit.py", true, null]}',
    'jobs.jsonl:1: expected command[2] to be a text, got true (boolean)',
  ),
  lines(
    'a character that ends a text for the operating system',
    '{"command": ["echo", "a\\u0000b"]}',
    'jobs.jsonl:1: expected command[1] to be a text, got "a\\u0000b" (text)',
  ),
  lines(
    'ids that are no file names',
    '{"command": "a", "id": "../a"}\n{"command": "a", "id": ".a"}\n{"command": "a", "id": ""}',
    'jobs.jsonl:1: expected id to be a text of letters, digits, ".", "_" and "-", at most 100, not starting with "." or "-", got "../a" (text)',
    'jobs.jsonl:2: expected id to be a text of letters, digits, ".", "_" and "-", at most 100, not starting with "." or "-", got ".a" (text)',
    'jobs.jsonl:3: expected id to be a text of letters, digits, ".", "_" and "-", at most 100, not starting with "." or "-", got "" (text)',
  ),
  lines(
    'an id that is given twice',
    '{"command": "a", "id": "fit"}\n{"command": "b", "id": "fit"}',
    'jobs.jsonl:2: expected id to be unique in a run, but "fit" is the id of another job',
  ),
  lines(
    'GPUs in fractions, and a share of more than all',
    '{"command": "a", "gpus": 0.5}\n{"command": "a", "gpus": 1, "gpuShare": 1.5}\n{"command": "a", "gpus": 1, "gpuShare": 0}',
    'jobs.jsonl:1: expected gpus to be a whole number ≥ 0, got 0.5 (number)',
    'jobs.jsonl:2: expected gpuShare to be a number > 0 and ≤ 1, got 1.5 (number)',
    'jobs.jsonl:3: expected gpuShare to be a number > 0 and ≤ 1, got 0 (number)',
  ),
  lines(
    'RAM of no GPU',
    '{"command": "a", "gpuRamGb": 8}\n{"command": "a", "gpuShare": 0.5}',
    'jobs.jsonl:1: expected gpus beside gpuRamGb, got nothing: say of how many GPUs, e.g. gpus: 1',
    'jobs.jsonl:2: expected gpus beside gpuShare, got nothing: say of how many GPUs, e.g. gpus: 1',
  ),
  lines(
    'variables and resources that are none',
    '{"command": "a", "env": {"A=B": "1"}}\n{"command": "a", "env": {"A": true}}\n{"command": "a", "resources": {"license": 0}}\n{"command": "a", "resources": ["license"]}',
    'jobs.jsonl:1: expected a name in env to be a text that is not empty, without "=" in it, got "A=B" (text)',
    'jobs.jsonl:2: expected env.A to be a text, got true (boolean)',
    'jobs.jsonl:3: expected resources.license to be a number > 0, got 0 (number)',
    'jobs.jsonl:4: expected resources to be names with a number > 0 each, got ["license"] (list)',
  ),
  lines(
    'whole numbers that are none',
    '{"command": "a", "priority": 1.5, "retries": -1, "physicalCores": "2"}',
    'jobs.jsonl:1: expected physicalCores to be a whole number ≥ 0, got "2" (text)',
    'jobs.jsonl:1: expected priority to be a whole number, got 1.5 (number)',
    'jobs.jsonl:1: expected retries to be a whole number ≥ 0, got -1 (number)',
  ),
  lines(
    'times that are none',
    '{"command": "a", "timeS": 0}\n{"command": "a", "timeoutS": "1h"}',
    'jobs.jsonl:1: expected timeS to be a number > 0 (seconds), got 0 (number)',
    'jobs.jsonl:2: expected timeoutS to be a number > 0 (seconds), got "1h" (text)',
  ),
  {
    title: 'a byte that is not UTF-8',
    file: 'jobs.jsonl',
    content: Buffer.concat([Buffer.from(`${FINE}\n{"command": "caf`), Buffer.of(0xe9), Buffer.from('"}\n')]),
    expected: ['jobs.jsonl:2: this line is not UTF-8: save the file in that encoding'],
  },
  {
    title: 'UTF-16',
    file: 'jobs.jsonl',
    content: Buffer.from(`\ufeff${FINE}\n`, 'utf16le'),
    expected: ['jobs.jsonl: is in UTF-16: save it as UTF-8'],
  },
]
