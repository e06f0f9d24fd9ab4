#!/usr/bin/env node
// Written so that Nodes of ten years ago can read it: they too must say what is wrong with them.
/* biome-ignore-all lint: modern syntax would be a syntax error there */
var needed = [22, 18]
var found = process.versions.node.split('.').map(Number)

if (found[0] > needed[0] || (found[0] === needed[0] && found[1] >= needed[1])) {
  import('./start.js')
} else {
  console.error(
    'longshore needs Node ' +
      needed.join('.') +
      ' or later, and this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      '). Install a newer one from https://nodejs.org.',
  )
  process.exit(2)
}
