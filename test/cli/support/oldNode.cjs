// Loaded before a program: makes this Node say that it is an old one.
Object.defineProperty(process, 'versions', {
  value: { ...process.versions, node: process.env['PRETENDED_NODE'] },
})
