/** A Node process that does nothing, with a channel to its parent: the least that a worker costs. */
process.on('disconnect', () => process.exit())
process.send?.('ready')
