import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AgentReport } from './protocol.ts'

/** The oldest Node that an agent runs on. */
const NEEDED = '22.18'

/**
 * Looks for a Node that is new enough: that of the node's own PATH, then the scheduler's own binary, which is there where
 * the file system is shared. The arguments are that binary and the agent's script; where there is none, it says so in the
 * words of an agent, with what was tried.
 */
const FIND_NODE = `
tried=
for node in node "$1"; do
  version=$("$node" --version 2>/dev/null) || version=missing
  case $version in
    v[0-9]*.*) major=\${version#v}; minor=\${major#*.}; major=\${major%%.*}; minor=\${minor%%.*} ;;
    *) major=0; minor=0 ;;
  esac
  if [ "$major" -gt ${NEEDED.split('.')[0]} ] || { [ "$major" -eq ${NEEDED.split('.')[0]} ] && [ "$minor" -ge ${NEEDED.split('.')[1]} ]; }; then
    exec "$node" --disable-warning=ExperimentalWarning "$2"
  fi
  tried="$tried, $node ($version)"
done
printf '%s\\n' "${jsonForShell()}"
`

/** What starts an agent on a node: a program and its arguments. It needs nothing there but `/bin/sh`, and a Node. */
export function agentCommand(): readonly [file: string, ...args: string[]] {
  return ['/bin/sh', '-c', FIND_NODE, 'longshore-agent', process.execPath, agentScript()]
}

/** Beside this file: `main.ts` in a checkout, `main.js` in the package. */
function agentScript(): string {
  return fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url))
}

/** A report whose text goes on with what was tried; quotes are written for a shell's double quotes. */
function jsonForShell(): string {
  const why = `no Node ${NEEDED} or later on $(hostname); tried: \${tried#, }. Put one into PATH there, or start the scheduler with one that lies on a file system that all nodes share`
  const report: AgentReport = { type: 'refused', why }
  return JSON.stringify(report).replaceAll('"', '\\"')
}
