/** What a waiver may be for: a URN or an ARN, of which each part may hold `*`. */
interface Address {
  kind: "urn" | "arn";
  /**
   * Of a URN stack, project, type and name; of an ARN partition, service, Region, account and resource. Only the last
   * may hold the separator itself.
   */
  parts: string[];
}

/** Fewer letters are no name: a glob of two would be a waiver for a good part of the fleet. */
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

/** What is wrong with the resource of a waiver; undefined when it names something that a person can look at. */
export function globProblem(text: string): string | undefined {
  const address = addressOf(text);
  if (!address)
    return 'give a URN ("urn:pulumi:<stack>::<project>::<type>::<name>") or an ARN ("arn:aws:rds:<Region>:<account>:db:<name>"), whose parts may hold *';
  const [first = "", second = ""] = address.parts;
  const last = address.parts.at(-1) ?? "";
  // The kind of a resource stands before its name in an ARN: "db:orders".
  const name = address.kind === "urn" ? last : last.slice(last.lastIndexOf(":") + 1);
  const named = name.split("*")[0]?.replace(/[^A-Za-z0-9]/g, "").length ?? 0;
  const isWhole = named > 0 && !name.includes("*");
  const oneStack = address.kind === "urn" && !`${first}${second}`.includes("*");
  return isWhole || named >= lettersMin || oneStack
    ? undefined
    : `a waiver is for named resources: name stack and project without *, or begin the resource's name with ${lettersMin} letters or more`;
}

/**
 * Whether a glob covers a resource. Part by part, so that a `*` never reaches into the next; the name may hold the
 * separator.
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
 * Each piece between two `*` is looked for once, behind the one before: the time grows with the texts, whatever they
 * hold.
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
 * "stack::project" where the waiver names both plainly: only there can one stack alone tell that it matches nothing.
 */
export function stackOf(urn: string): string | undefined {
  const address = addressOf(urn);
  if (address?.kind !== "urn") return undefined;
  const stack = address.parts.slice(0, 2).join("::");
  return stack.includes("*") ? undefined : stack;
}
