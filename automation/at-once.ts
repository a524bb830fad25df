/** Work on many things, a bounded number of them at once. The results are in the order of the things. */
export async function atOnce<One, Result>(
  ones: readonly One[],
  countMax: number,
  work: (one: One) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(ones.length);
  let next = 0;
  const workOnRest = async () => {
    for (let at = next++; at < ones.length; at = next++) results[at] = await work(ones[at] as One);
  };
  await Promise.all(Array.from({ length: Math.min(countMax, ones.length) }, workOnRest));
  return results;
}
