/** What a waiver may apply to: a URN or an ARN, each part of which may contain `*`. */
interface Address {
  kind: "urn" | "arn";
  /**
   * For a URN: stack, project, type and name. For an ARN: partition, service, Region, account and resource. Only the
   * last part may contain the separator.
   */
  parts: string[];
}

/** With fewer letters, a glob would waive a rule for a large part of the fleet. */
const lettersMin = 3;

function addressOf(text: string): Address | undefined {
  const [kind, separator, count] = text.startsWith("urn:pulumi:")
    ? (["urn", "::", 4] as const)
    : (["arn", ":", 5] as const);
  const prefix = kind === "urn" ? "urn:pulumi:" : "arn:";
  if (!text.startsWith(prefix)) return undefined;
  const all = text.slice(prefix.length).split(separator);
  const parts = [...all.slice(0, count - 1), all.slice(count - 1).join(separator)];
  return all.length < count || parts.includes("") ? undefined : { kind, parts };
}

/** What is wrong with the resource of a waiver; undefined if it is specific enough. */
export function globProblem(text: string): string | undefined {
  const address = addressOf(text);
  if (!address)
    return 'give a URN ("urn:pulumi:<stack>::<project>::<type>::<name>") or an ARN ("arn:aws:rds:<Region>:<account>:db:<name>"), in which each part may contain *';
  const [first = "", second = ""] = address.parts;
  const last = address.parts.at(-1) ?? "";
  // In an ARN the name comes after the kind of resource: "db:orders".
  const name = address.kind === "urn" ? last : last.slice(last.lastIndexOf(":") + 1);
  const named = name.split("*")[0]?.replace(/[^A-Za-z0-9]/g, "").length ?? 0;
  const isWhole = named > 0 && !name.includes("*");
  const oneStack = address.kind === "urn" && !`${first}${second}`.includes("*");
  return isWhole || named >= lettersMin || oneStack
    ? undefined
    : `a waiver is for named resources: give stack and project without *, or at least the first ${lettersMin} letters of the resource's name`;
}

/**
 * Whether a glob covers a resource. Compares part by part, so that a `*` never matches across parts; the name may
 * contain the separator.
 */
export function matchesGlob(glob: string, urn: string): boolean {
  if (glob === urn) return true;
  if (!glob.includes("*")) return false;
  const [wanted, given] = [addressOf(glob), addressOf(urn)];
  return (
    wanted !== undefined &&
    wanted.kind === given?.kind &&
    wanted.parts.every((part, at) => matchesPart(part, given.parts[at] ?? ""))
  );
}

/**
 * Searches for each piece between two `*` once, after the previous one, so the time is linear in the lengths, whatever
 * the texts contain.
 */
function matchesPart(glob: string, text: string): boolean {
  const pieces = glob.split("*");
  const [first = "", last = ""] = [pieces[0], pieces.at(-1)];
  if (pieces.length === 1) return glob === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/**
 * "stack::project" if the waiver gives both without `*`: only then can judging that one stack show that the waiver
 * matches nothing.
 */
export function stackOf(urn: string): string | undefined {
  const address = addressOf(urn);
  if (address?.kind !== "urn") return undefined;
  const stack = address.parts.slice(0, 2).join("::");
  return stack.includes("*") ? undefined : stack;
}
