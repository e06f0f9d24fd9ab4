import { execa } from 'execa'

/** Builds the package once: the tests of the packed package and of the built command line use it. */
export default async function build(): Promise<void> {
  await execa({ node: true })`node_modules/typescript/bin/tsc -p tsconfig.build.json`
}
