export default () => {
  const reason = new Error('the reason', { cause: { code: 42 } })
  throw new TypeError('it went wrong', { cause: reason })
}
