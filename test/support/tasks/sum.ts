export default function sum({ numbers }: { numbers: readonly number[] }): number {
  return numbers.reduce((total, number) => total + number, 0)
}
