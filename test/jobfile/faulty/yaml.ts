import type { FaultyFile } from './case.ts'

function yaml(title: string, content: string, ...expected: string[]): FaultyFile {
  return { title, file: 'jobs.yaml', content, expected }
}

export const FAULTY_YAML: readonly FaultyFile[] = [
  yaml(
    'a fault in a list',
    '- command: "true"\n- command: "true"\n  threads: -1\n',
    'jobs.yaml:3: expected threads to be a number > 0, got -1 (number)',
  ),
  yaml(
    'a fault in the defaults, told once',
    'defaults:\n  threads: 0\njobs:\n  - command: "true"\n  - command: "false"\n',
    'jobs.yaml:2: expected threads to be a number > 0, got 0 (number)',
  ),
  yaml(
    'a fault behind an anchor',
    'jobs:\n  - &first\n    command: "true"\n    ramGb: -1\n  - <<: *first\n    name: second\n',
    'jobs.yaml:4: expected ramGb to be a number ≥ 0 (GiB), got -1 (number)',
    'jobs.yaml:5: expected ramGb to be a number ≥ 0 (GiB), got -1 (number)',
  ),
  yaml(
    'thousands of brackets within each other',
    `${'['.repeat(5000)}${']'.repeat(5000)}\n`,
    'jobs.yaml: expected at most some hundred brackets within each other',
  ),
  yaml(
    'placeholders without quotes, each an object then',
    'sweep: { lr: [1, 2] }\njobs:\n  - command: [fit, {lr}]\n    env: { LR: {lr} }\n  - task: fit.mjs\n    args:\n      lr: {lr}\n',
    'jobs.yaml:3: expected "{lr}" in quotes, got {lr}: without them YAML reads an object, { lr: null }',
    'jobs.yaml:4: expected "{lr}" in quotes, got {lr}: without them YAML reads an object, { lr: null }',
    'jobs.yaml:7: expected "{lr}" in quotes, got {lr}: without them YAML reads an object, { lr: null }',
  ),
  yaml(
    'a text without quotes that begins with a placeholder',
    'sweep: { lr: [1, 2] }\njobs:\n  - name: {lr}-fit\n    command: fit\n',
    'jobs.yaml:3: expected YAML: Unexpected scalar at node end: a text that begins with a brace, as "{name}-1" does, needs quotes',
  ),
  yaml(
    'a fault deep in a key',
    'jobs:\n  - command:\n      - echo\n      - a: b\n    env:\n      SEED: true\n',
    'jobs.yaml:4: expected command[1] to be a text, got {"a":"b"} (object)',
    'jobs.yaml:6: expected env.SEED to be a text, got true (boolean)',
  ),
  yaml(
    'a misspelt key beside jobs',
    'default: { threads: 2 }\njobs: [{ command: "true" }]\n',
    'jobs.yaml:1: unknown key "default" beside jobs: did you mean "defaults"?',
  ),
  yaml('no jobs', 'defaults: { threads: 2 }\n', 'jobs.yaml:1: expected jobs to be a list, got nothing'),
  yaml(
    'one job, not in a list',
    'command: "true"\n',
    'jobs.yaml:1: unknown key "command" beside jobs: put jobs into a list',
    'jobs.yaml:1: expected jobs to be a list, got nothing',
  ),
  yaml('an empty list', 'jobs: []\n', 'jobs.yaml: holds no jobs'),
  yaml(
    'a text',
    'true.sh\n',
    'jobs.yaml:1: expected a list of jobs, or an object with "jobs" (and, if wanted, "defaults" and "sweep"), got "true.sh" (text)',
  ),
  yaml(
    'an open bracket',
    'jobs:\n  - command: [echo, a\n',
    'jobs.yaml:3: expected YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ),
  yaml(
    'a key twice',
    '- command: "true"\n  threads: 1\n  threads: 2\n',
    'jobs.yaml:3: expected YAML: Map keys must be unique',
  ),
  yaml(
    'a tab',
    'jobs:\n\t- command: "true"\n',
    'jobs.yaml:2: expected YAML: Tabs are not allowed as indentation',
  ),
  yaml(
    'an alias of nothing',
    '- command: *echo\n',
    'jobs.yaml:1: expected an anchor "&echo" before its alias "*echo"',
  ),
  yaml(
    'two documents',
    '- command: "true"\n---\n- command: "true"\n',
    'jobs.yaml:2: expected YAML: expected one document in a file, got a second one',
  ),
  yaml(
    'a placeholder that is misspelt, told once',
    'sweep: { seed: 1..100 }\njobs:\n  - command: echo {seed}\n    name: "fit {sead}"\n',
    'jobs.yaml:4: unknown "{sead}": did you mean "{seed}"?',
  ),
  yaml(
    'a sweep that is a list',
    'sweep: [1, 2]\njobs: [{ command: "true" }]\n',
    'jobs.yaml:1: expected sweep to be names with values, got [1,2] (list)',
  ),
  yaml(
    'a sweep over nothing',
    'sweep:\n  seed: []\njobs: [{ command: "true" }]\n',
    'jobs.yaml:2: expected sweep.seed to have at least one value, got [] (list)',
  ),
  yaml(
    'a sweep over objects',
    'sweep:\n  seed: [{ a: 1 }]\njobs: [{ command: "true" }]\n',
    'jobs.yaml:2: expected sweep.seed to be a list of texts and numbers, or a range such as 1..5, got {"a":1} (object) in it',
  ),
  yaml(
    'a sweep without a name',
    'sweep:\n  "1": [1]\njobs: [{ command: "true" }]\n',
    'jobs.yaml:2: expected a name of letters, digits, "_", "." and "-" in sweep, got "1"',
  ),
  yaml(
    'a range that never ends',
    'sweep:\n  seed: 1..5..-1\njobs: [{ command: "true" }]\n',
    'jobs.yaml:2: sweep.seed: expected a step that leads from 1 to 5, got -1 in the range "1..5..-1"',
  ),
  yaml(
    'a range without steps',
    'sweep:\n  seed: 1..5..0\njobs: [{ command: "true" }]\n',
    'jobs.yaml:2: sweep.seed: expected a step other than 0 in the range "1..5..0"',
  ),
  yaml(
    'a range that is too long',
    'sweep:\n  seed: 1..1e9\njobs: [{ command: "true" }]\n',
    'jobs.yaml:2: sweep.seed: expected a range of at most 1000000 values, "1..1e9" has 1000000000',
  ),
  yaml(
    'a range that is none',
    'sweep:\n  seed: 1...5\njobs: [{ command: "true" }]\n',
    'jobs.yaml:2: sweep.seed: expected a range like 1..5 or 0.1..0.5..0.1, got "1...5"',
  ),
  yaml(
    'too many combinations',
    'sweep: { a: 1..10000, b: 1..10000 }\njobs: [{ command: "true" }]\n',
    'jobs.yaml:1: expected at most 10000000 combinations, the sweep has 100000000',
  ),
  yaml(
    'an id for every combination',
    'sweep: { seed: 1..3 }\njobs:\n  - command: echo {seed}\n    id: fit\n',
    'jobs.yaml:4: expected id to be unique in a run, but "fit" is the id of another job',
  ),
]
