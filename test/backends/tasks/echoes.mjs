/** Gives back what it was told. */
export default (args, context) => {
  context.log('logged')
  const { node, threads, attempt } = context
  return { args, context: { node, threads, attempt } }
}
