/** The number of consecutive lines sampled together, so that mutants of whole blocks are included. */
const windowLines = 12;

/** The sampled ranges of a file in StrykerJS's form, `file:from-to`; the same seed samples the same ranges. */
export function sampledLines(file: string, text: string, share: number, seed: number): string[] {
  const random = randomOf(`${seed} ${file}`);
  const lines = text.split("\n").length;
  const windows = Array.from({ length: Math.ceil(lines / windowLines) }, (_, index) => index);
  return windows
    .filter(() => random() < share)
    .map((index) => `${file}:${index * windowLines + 1}-${Math.min(lines, (index + 1) * windowLines)}`);
}

/** Numbers from 0 to 1 that depend on the text alone (FNV-1a to start from, then xorshift32). */
function randomOf(text: string): () => number {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0)!, 16777619) >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
}
