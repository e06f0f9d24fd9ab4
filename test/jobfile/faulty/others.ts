import type { FaultyFile } from './case.ts'

function json(title: string, content: string, ...expected: string[]): FaultyFile {
  return { title, file: 'jobs.json', content, expected }
}

function code(title: string, content: string, ...expected: string[]): FaultyFile {
  return { title, file: 'jobs.mjs', content, expected }
}

export const FAULTY_JSON: readonly FaultyFile[] = [
  json(
    'a fault, at the line of its key',
    '[\n  { "command": "true" },\n  {\n    "command": "true",\n    "threads": 0\n  }\n]\n',
    'jobs.json:5: expected threads to be a number > 0, got 0 (number)',
  ),
  json(
    'a fault in the defaults',
    '{\n  "defaults": {\n    "thread": 2 },\n  "jobs": [{ "command": "true" }]\n}\n',
    'jobs.json:3: unknown key "thread": did you mean "threads"?',
  ),
  json(
    'a comma too many',
    '[\n  { "command": "true" },\n]\n',
    "jobs.json:3: expected JSON: Unexpected token ']' at column 1",
  ),
  json('a word', '[{ "command": yes }]\n', "jobs.json:1: expected JSON: Unexpected token 'y' at column 15"),
  json(
    'a bracket left open',
    '[\n  { "command": "true" }\n',
    "jobs.json:3: expected JSON: Expected ',' or ']' after array element at column 1",
  ),
  json(
    'a job a line',
    '{"command": "a"}\n{"command": "b"}\n',
    'jobs.json:2: expected JSON: one value a file, and here a second one begins: a file with a job a line ends in .jsonl',
  ),
  json(
    'an object without jobs',
    '{\n  "job": []\n}\n',
    'jobs.json:2: unknown key "job" beside jobs: did you mean "jobs"?',
    'jobs.json:1: expected jobs to be a list, got nothing',
  ),
  json(
    'null',
    'null\n',
    'jobs.json:1: expected a list of jobs, or an object with "jobs" (and, if wanted, "defaults" and "sweep"), got nothing',
  ),
]

export const FAULTY_MODULES: readonly FaultyFile[] = [
  code(
    'a fault in a list',
    'export default [{ command: "true" }, { command: "true", threads: -1 }]',
    'jobs.mjs[1]: expected threads to be a number > 0, got -1 (number)',
  ),
  code(
    'no default export',
    'export const jobs = []',
    'jobs.mjs: expected the default export to be a list, an iterable or an async iterable of jobs, got no default export',
  ),
  code(
    'a function',
    'export default function* jobs() {}',
    'jobs.mjs: expected the default export to be a list, an iterable or an async iterable of jobs, got a function: call it, as in `export default jobs()`',
  ),
  code(
    'a promise',
    'export default Promise.resolve([])',
    'jobs.mjs: expected the default export to be a list, an iterable or an async iterable of jobs, got a promise: await it, as in `export default await jobs()`',
  ),
  code(
    'a job alone',
    'export default { command: "true" }',
    'jobs.mjs: expected the default export to be a list, an iterable or an async iterable of jobs, got {"command":"true"} (object)',
  ),
  code(
    'a module that throws',
    'throw new RangeError("no data")',
    'jobs.mjs:1: this module could not be loaded: RangeError: no data',
  ),
  code(
    'a generator that throws',
    'function* jobs() { yield { command: "true" }; throw new RangeError("no data") }\nexport default jobs()',
    'jobs.mjs[1]: this module threw while it listed its jobs: RangeError: no data',
  ),
  code(
    'nothing to run',
    'export default [{ name: "a" }]',
    'jobs.mjs[0]: expected exactly one of run, command, task and inline, got none of them',
  ),
  code(
    'a run of one’s own making',
    'export default [{ run: { kind: "ssh" } }]',
    'jobs.mjs[0]: expected run to be what command(…), task(…) or inline(…) returns, got {"kind":"ssh"} (object)',
  ),
  code('an empty list', 'export default []', 'jobs.mjs: holds no jobs'),
]

export const FAULTY_FILES: readonly FaultyFile[] = [
  ...['jobs.jsonl', 'jobs.csv', 'jobs.yaml', 'jobs.json'].flatMap(file => [
    { title: 'an empty file', file, content: '', expected: [`${file}: holds no jobs`] },
    { title: 'blank lines', file, content: '\n\n', expected: [`${file}: holds no jobs`] },
  ]),
  {
    title: 'an unknown ending',
    file: 'jobs.toml',
    content: '',
    expected: [
      'jobs.toml: unknown ending ".toml": known are .jsonl .ndjson .csv .yaml .yml .json .ts .mts .js .mjs, and - for JSONL from standard input',
    ],
  },
  {
    title: 'a misspelt ending',
    file: 'jobs.yalm',
    content: '',
    expected: ['jobs.yalm: unknown ending ".yalm": did you mean ".yaml"?'],
  },
  {
    title: 'no ending',
    file: 'jobs',
    content: '',
    expected: [
      'jobs: a file name without an ending: known are .jsonl .ndjson .csv .yaml .yml .json .ts .mts .js .mjs, and - for JSONL from standard input',
    ],
  },
]
