/** GPUs in a list of generic resources: `gpu:4`, `gpu:a100:2(IDX:0,3),nic:1`, `gpu:4(S:0-1)`; 0 where there are none. */
export function gpusIn(gres: string): number {
  return [...gres.matchAll(/(?:^|,)(?:gres[:/])?gpu(?::[^:(,]+)??[:=](\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )
}
