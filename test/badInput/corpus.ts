/** A malformed job file: its name says the format. */
export interface BadFile {
  readonly name: string
  readonly content: string
}

/** Values that no job may have, by key, as JSON writes them. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  id: ['""', 'true', '"a/b"', '"../x"', '".."', '"."', '"a\\u0000b"', '"a\\nb"', '"a\\u001b[2J"', '[]'],
  name: ['true', '[]', '""'],
  group: ['true', '{}', '""'],
  command: ['""', '[]', '7', '{}', '[1]', '["a", null]', '["a\\u0000b"]', '"a\\u0000b"', '[""]'],
  timeS: ['0', '-1', '"5"', '1e999', '[1]', 'true'],
  threads: ['0', '-1', '"4"', '1e999', '[1]', 'true', '{}'],
  ramGb: ['-0.1', '"4GB"', '1e999', '[]', 'true'],
  gpus: ['-1', '0.5', '"1"', '1e999', 'true'],
  gpuShare: ['0', '1.5', '-1', '"half"', 'true'],
  gpuRamGb: ['-1', '"8"', '1e999', 'true'],
  physicalCores: ['-1', '1.5', '"2"', 'true'],
  resources: ['[]', '7', '{"a": 0}', '{"a": -1}', '{"a": "1"}', '{"a": 1e999}'],
  priority: ['0.5', '"high"', '1e999', 'true'],
  retries: ['-1', '0.5', '"3"', 'true', '1e999'],
  timeoutS: ['0', '-1', '"1h"', '1e999', 'true'],
  env: ['[]', '7', '{"A": []}', '{"A=B": "1"}', '{"": "1"}', '{"A": "\\u0000"}'],
  cwd: ['7', '[]', '""'],
  cpus: ['1'],
  __proto__x: ['{}'],
}

const jobs = Object.entries(WRONG).flatMap(([key, values]) => values.map(value => jobWith(key, value)))

function jobWith(key: string, value: string): string {
  return key === 'command'
    ? `{"command": ${value}}`
    : `{"command": ["true"], ${JSON.stringify(key)}: ${value}}`
}

/** JSON is YAML as well, so each stands in three formats. */
const byKey: BadFile[] = jobs.flatMap((job, n) => [
  { name: `key${n}.jsonl`, content: `{"command": "true"}\n${job}\n` },
  { name: `key${n}.json`, content: `[${job}]` },
  { name: `key${n}.yaml`, content: `defaults: {threads: 1}\njobs:\n  - ${job}\n` },
])

const GOOD_JSON = '{"defaults": {"threads": 2}, "jobs": [{"id": "a", "command": ["true"]}]}'

/** A document that ends too early, anywhere. */
const truncated: BadFile[] = Array.from({ length: GOOD_JSON.length - 1 }, (_, length) => ({
  name: `cut${length}.json`,
  content: GOOD_JSON.slice(0, length + 1),
}))

const SWEEPS = [
  '[]',
  '7',
  '{"a": []}',
  '{"a": null}',
  '{"a": {}}',
  '{"a": [[1]]}',
  '{"a": "1..5..0"}',
  '{"a": "5..1..1"}',
  '{"a": "1..99999999"}',
  '{"a": "1..1e99999999"}',
  '{"a": "1e-99999999..1"}',
  '{"a": "1...5"}',
  '{"a b": [1]}',
  '{"a": "1..9999", "b": "1..9999"}',
]

const sweeps: BadFile[] = SWEEPS.flatMap((sweep, n) => {
  const content = `{"sweep": ${sweep}, "jobs": [{"command": ["true", "{a}"]}]}`
  return [
    { name: `sweep${n}.json`, content },
    { name: `sweep${n}.yaml`, content },
  ]
})

const WHOLE_FILES: Readonly<Record<string, readonly string[]>> = {
  json: [
    '7',
    '"true"',
    'null',
    '{}',
    '{"jobs": 7}',
    '{"jobs": []}',
    '[]',
    '[7]',
    '{"job": []}',
    '',
    '[,]',
    'NaN',
  ],
  yaml: [
    'a: [',
    '- - - a',
    'jobs: &a [*a]',
    '\tjobs: []',
    'jobs: *nobody',
    '%YAML 9.9\n---\n7',
    '? ?\n: :',
    'a: b: c',
    '- command: !!binary x\n  threads: {}',
    '{{{{',
    'jobs:\n- command: true\n  command: false\n',
  ],
  csv: [
    'command\n"true\n',
    'command,threads\ntrue,-1\n',
    'command,threads\ntrue,many\n',
    'command,threads\ntrue,1,2\n',
    'command,command\ntrue,true\n',
    'name\nx\n',
    'command,cpu\ntrue,1\n',
    'command\n',
    '',
    'command;threads\ntrue;1\n',
    'command,gpus\ntrue,0.5\n',
    'command,id\ntrue,a/b\n',
    'command,timeS\ntrue,1h\n',
    'command,ramGb\ntrue,4GB\n',
    ',\n,\n',
    'command,retries\ntrue,-1\n',
    'command,env\ntrue,x\n',
  ],
  jsonl: [
    '{',
    '}',
    '{}',
    '[]',
    '7',
    '"x"',
    '\u0000',
    '{"command": "true"',
    '{"command": tru}',
    "{'command': 'true'}",
  ],
  txt: ['true\n'],
}

const wholeFiles: BadFile[] = Object.entries(WHOLE_FILES).flatMap(([end, contents]) =>
  contents.map((content, n) => ({ name: `file${n}.${end}`, content })),
)

/** What looks small and is huge: it must neither fill the memory nor the stack. */
const bombs: BadFile[] = [
  { name: 'deep.json', content: '['.repeat(200_000) },
  {
    name: 'deepClosed.json',
    content: `[{"command": ["true"], "x": ${'['.repeat(50_000)}${']'.repeat(50_000)}}]`,
  },
  { name: 'deep.jsonl', content: `{"command": ["true"], "x": ${'['.repeat(50_000)}${']'.repeat(50_000)}}` },
  { name: 'deep.yaml', content: `jobs: ${'['.repeat(5000)}` },
  { name: 'laughs.yaml', content: laughs() },
  { name: 'long.csv', content: `command,threads\n${'x'.repeat(2 ** 20)},-1\n` },
]

/** Each line holds the one before ten times. */
function laughs(): string {
  const lines = Array.from(
    { length: 9 },
    (_, n) => `l${n + 1}: &l${n + 1} [${Array(10).fill(`*l${n}`).join(', ')}]`,
  )
  return `l0: &l0 [{command: "true"}]\n${lines.join('\n')}\njobs: *l9\n`
}

/** All of them malformed: of none may anything be started. */
export const BAD_FILES: readonly BadFile[] = [...byKey, ...truncated, ...sweeps, ...wholeFiles, ...bombs]
