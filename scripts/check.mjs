// Types, lint, format and layers: what has to hold beside the tests. Runs all of them, then says which failed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const steps = [
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'],
  [
    'lint and format',
    'node_modules/@biomejs/biome/bin/biome',
    'ci',
    '--colors=off',
    '--error-on-warnings',
    '.',
  ],
  [
    'layers',
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.js',
    '--output-type',
    'err',
    'src',
  ],
]

// Installed by test/clusters/ray/install.
const venv = 'test/clusters/ray/.venv/bin/python'
const python = ['python', 'test/clusters/ray/node.py', 'test/backends/ray', 'bench/backends/programs']
const pythonSteps = [
  ['Python: lint', '-m', 'ruff', 'check', ...python],
  ['Python: format', '-m', 'ruff', 'format', '--check', ...python],
  ['Python: types', '-m', 'mypy', '--no-error-summary', ...python],
]

function fails(program, name, args) {
  console.log(`\n— ${name}`)
  return spawnSync(program, args, { stdio: 'inherit' }).status !== 0
}

const failed = steps.filter(([name, ...args]) => fails(process.execPath, name, args))
if (existsSync(venv)) failed.push(...pythonSteps.filter(([name, ...args]) => fails(venv, name, args)))
else console.log('\n— Python: not looked at; test/clusters/ray/install gets ruff and mypy')
const names = failed.map(([name]) => name)
console.log(names.length === 0 ? '\ncheck: all fine' : `\ncheck: failed: ${names.join(', ')}`)
process.exit(names.length === 0 ? 0 : 1)
