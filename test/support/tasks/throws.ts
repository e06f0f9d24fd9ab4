export default function throws(): never {
  throw new TypeError('not a number')
}
