/** Pure: the difference of two texts as a patch that `git apply` and `patch` take. */

interface Edit {
  kind: " " | "-" | "+";
  line: string;
}

/**
 * A unified diff of one file, with so many lines of context; empty if the texts are equal. For files of a few thousand
 * lines at most: it compares each changed line with each other.
 */
export function unifiedDiff(name: string, before: string, after: string, context: number): string {
  if (before === after) return "";
  const edits = editsOf(linesOf(before), linesOf(after));
  return `--- a/${name}\n+++ b/${name}\n${hunksOf(edits, context)}`;
}

/** Each with its line feed; only the last may have none. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function editsOf(before: string[], after: string[]): Edit[] {
  let [first, last] = [0, 0];
  const shorter = Math.min(before.length, after.length);
  while (first < shorter && before[first] === after[first]) first++;
  while (last < shorter - first && before.at(-1 - last) === after.at(-1 - last)) last++;
  const same = (line: string): Edit => ({ kind: " ", line });
  return [
    ...before.slice(0, first).map(same),
    ...changed(before.slice(first, before.length - last), after.slice(first, after.length - last)),
    ...before.slice(before.length - last).map(same),
  ];
}

/** By the longest common subsequence of lines. */
function changed(before: string[], after: string[]): Edit[] {
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i]![j] =
        before[i] === after[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  const edits: Edit[] = [];
  for (let [i, j] = [0, 0]; i < before.length || j < after.length;) {
    if (i < before.length && before[i] === after[j]) {
      edits.push({ kind: " ", line: before[i++]! });
      j++;
    } else if (j === after.length || (i < before.length && common[i + 1]![j]! >= common[i]![j + 1]!))
      edits.push({ kind: "-", line: before[i++]! });
    else edits.push({ kind: "+", line: after[j++]! });
  }
  return edits;
}

function hunksOf(edits: Edit[], context: number): string {
  const isNear = edits.map((_, at) =>
    edits.slice(Math.max(0, at - context), at + context + 1).some(({ kind }) => kind !== " "),
  );
  let [hunks, before, after] = ["", 1, 1];
  for (let at = 0; at < edits.length;) {
    let end = at;
    while (isNear[end]) end++;
    const hunk = edits.slice(at, end);
    const [removed, added] = [hunk.filter((e) => e.kind !== "+").length, hunk.filter((e) => e.kind !== "-").length];
    if (hunk.length > 0) {
      // A range without lines names the line before it.
      const range = (line: number, count: number) => `${count === 0 ? line - 1 : line},${count}`;
      hunks += `@@ -${range(before, removed)} +${range(after, added)} @@\n${hunk.map(shown).join("")}`;
    }
    before += removed;
    after += added;
    for (at = end; at < edits.length && !isNear[at]; at++, before++, after++);
  }
  return hunks;
}

const shown = ({ kind, line }: Edit): string =>
  line.endsWith("\n") ? `${kind}${line}` : `${kind}${line}\n\\ No newline at end of file\n`;
