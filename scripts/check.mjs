// Types, lint, format and layers: what has to hold beside the tests. Runs all of them, then says which failed.
import { spawnSync } from 'node:child_process'

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

const failed = steps.filter(([name, program, ...args]) => {
  console.log(`\n— ${name}`)
  return spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' }).status !== 0
})
const names = failed.map(([name]) => name)
console.log(names.length === 0 ? '\ncheck: all fine' : `\ncheck: failed: ${names.join(', ')}`)
process.exit(names.length === 0 ? 0 : 1)
