// Which room may know which: machines decide, actors act, probe looks.
export default {
  forbidden: [
    {
      name: 'machines-are-pure',
      comment: 'Machines have no I/O, no clock, no randomness: what they need is handed in.',
      severity: 'error',
      from: { path: '^src/machines' },
      to: {
        path: [
          '^src/(actors|probe|cli|reports|jobfile|schema|simulator|testing|clock|run|system|createScheduler)',
        ],
      },
    },
    {
      name: 'machines-import-no-node-module',
      comment: 'A machine that reads a file or starts a process cannot be simulated.',
      severity: 'error',
      from: { path: '^src/machines' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contracts-stand-alone',
      comment: 'A contract that imports one of its ends is none.',
      severity: 'error',
      from: { path: '^src/(job|executor|node|progress|explanation|errors|clock|units)\\.ts$' },
      to: { pathNot: '^src/(job|executor|node|progress|explanation|errors|clock|units)\\.ts$' },
    },
    {
      name: 'nothing-imports-the-cli',
      comment: 'The command line calls the API, never the reverse.',
      severity: 'error',
      from: { pathNot: '^src/cli' },
      to: { path: '^src/cli' },
    },
    {
      name: 'actors-keep-their-insides',
      comment: 'An actor may know what all share, not how another one works.',
      severity: 'error',
      from: { path: '^src/actors/([^/]+)/' },
      to: { path: '^src/actors/[^/]+/', pathNot: '^src/actors/$1/' },
    },
    {
      name: 'executors-are-entered-by-their-door',
      severity: 'error',
      from: { pathNot: '^src/actors' },
      to: { path: '^src/actors/(command|task)/', pathNot: '^src/actors/(command|task)/executor\\.ts$' },
    },
    {
      name: 'probe-looks-only',
      severity: 'error',
      from: { path: '^src/probe' },
      to: { path: '^src/(actors|machines|cli|reports)' },
    },
    {
      name: 'no-cycles',
      comment: 'Types may refer to each other; code that runs may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-what-is-listed',
      comment: 'What the package needs at run time stands in dependencies.',
      severity: 'error',
      from: { path: '^src' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
