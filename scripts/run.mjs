// Runs a script of the project on a current Node, wherever the machine's own Node is older: installs what is missing
// (once; not again when nothing changed), then starts the Node that npm installed. Plain JavaScript, for Node 20.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.installed-for')

/** What the installed packages depend on. */
function wanted() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  return `${lock} ${process.platform}-${process.arch}\n`
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()
}

function install() {
  console.error('Installing what is missing (npm ci) …')
  const { status } = spawnSync(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  )
  if (status !== 0) {
    console.error('npm ci failed: see its message above. It needs a registry of npm packages.')
    process.exit(status ?? 1)
  }
  writeFileSync(stamp, wanted())
}

/** The Node that came as a package; this one where it is new enough and that one could not be installed. */
function currentNode() {
  const packaged = join(modules, 'node', 'bin', 'node')
  if (existsSync(packaged)) return packaged
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath
  console.error(`The package "node" was installed without its program (are install scripts switched off?), and this is
Node ${process.versions.node}. Install Node 22.18 or later, or run: npm rebuild node`)
  process.exit(2)
}

/** Runs the script in the terminal that this one has. Ctrl-C reaches both: the script decides when to end. */
function run(node, args) {
  const child = spawn(node, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` },
  })
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code))
}

if (!isInstalled()) install()
run(currentNode(), process.argv.slice(2))
