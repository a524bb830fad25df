/**
 * What a rule reads. A value may be known, absent, unknown (in a preview, if only the cloud can provide it), encrypted
 * (a secret), notReported (set by a program, but not returned by the RDS API) or elsewhere (declared in another stack).
 * Rules request the type they need. An unreadable value throws, and `judge.ts` turns that into a finding, so no rule
 * mistakes "unknown" for "absent".
 */
export const unknown = Symbol("unknown until deployment");
export const notReported = Symbol("not reported by the RDS API");
export const encrypted = "[secret]";

/** The value exists or may exist, but can't be read here and now. */
export class Undecided extends Error {
  constructor(
    readonly property: string,
    readonly reason: "unknown" | "encrypted" | "notReported" | "elsewhere" | "evidence",
  ) {
    super(`${property} is ${reason}`);
  }
}

export class WrongType extends Error {
  constructor(
    readonly property: string,
    readonly found: unknown,
    readonly expected: string,
  ) {
    super(`${property} is not ${expected}`);
  }
}

/**
 * The form in which RDS and its provider compare names, protocols and settings: in lower case, without surrounding
 * spaces. All rules compare in this form.
 */
export function canonical(text: string): string {
  const lower = text.toLowerCase();
  // Nearly all strings are in this form already, and a fleet has millions of them.
  return /^[a-z0-9._:/-]*$/.test(lower) ? lower : lower.normalize("NFKC").trim().toLowerCase();
}

/** One part of a check: a value that it can't read becomes a separate finding, and the other parts still run. */
export function* decided<Found>(check: () => Iterable<Found>): Iterable<Found | Undecided | WrongType> {
  try {
    yield* check();
  } catch (thrown) {
    if (!(thrown instanceof Undecided || thrown instanceof WrongType)) throw thrown;
    yield thrown;
  }
}

export class Properties {
  constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly path = "",
    /** Why the values are incomplete: a missing one may exist after all. */
    private readonly whyIncomplete?: Undecided | WrongType,
  ) {}

  /** Whether it is set, even if its value is unknown: a key that the same preview creates counts as a key. */
  has(name: string): boolean {
    const value = this.value(name);
    if (value === notReported) throw new Undecided(this.at(name), "notReported");
    return value !== undefined && value !== null && value !== "";
  }
  /** Undefined if absent, and also if unreadable: only for checks that may treat both alike. */
  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === "string" && value !== encrypted ? value : undefined;
  }
  boolean(name: string): boolean | undefined {
    const value = this.known(name);
    if (value === undefined || typeof value === "boolean") return value;
    const word = typeof value === "string" ? canonical(value) : undefined;
    if (word === "true" || word === "false") return word === "true";
    throw new WrongType(this.at(name), value, "true or false");
  }
  number(name: string): number | undefined {
    const value = this.known(name);
    if (value === undefined || typeof value === "number") return value;
    if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
    throw new WrongType(this.at(name), value, "a number");
  }
  string(name: string): string | undefined {
    const value = this.known(name);
    if (value === undefined || typeof value === "string") return value;
    if (typeof value === "number") return String(value);
    throw new WrongType(this.at(name), value, "a string");
  }
  /** A string in its canonical form. */
  word(name: string): string | undefined {
    const value = this.string(name);
    return value === undefined ? undefined : canonical(value);
  }
  strings(name: string): string[] {
    const { strings, unreadable } = this.readableStrings(name);
    if (unreadable[0]) throw unreadable[0];
    return strings;
  }
  /**
   * The readable strings of a list, and why the others are unreadable: an encrypted one does not hide the rest.
   */
  readableStrings(name: string): { strings: string[]; unreadable: (Undecided | WrongType)[] } {
    const [strings, unreadable]: [string[], (Undecided | WrongType)[]] = [[], []];
    try {
      for (const [index, element] of this.elements(name).entries()) {
        const why = this.whyUnreadable(element, `${name}[${index}]`);
        if (why) unreadable.push(why);
        else if (typeof element === "string" || typeof element === "number") strings.push(String(element));
        else unreadable.push(new WrongType(this.at(`${name}[${index}]`), element, "a string"));
      }
    } catch (thrown) {
      if (!(thrown instanceof Undecided || thrown instanceof WrongType)) throw thrown;
      unreadable.push(thrown);
    }
    return { strings, unreadable };
  }
  /** A list of objects. One that can't be read at all is included, and throws when a property of it is read. */
  list(name: string): Properties[] {
    return this.elements(name).map((element, index) => {
      const at = `${name}[${index}]`;
      const why = this.whyUnreadable(element, at);
      return why ? new Properties({}, this.at(at), why) : this.inner(element, at);
    });
  }
  object(name: string): Properties | undefined {
    const value = this.known(name);
    return value === undefined ? undefined : this.inner(value, name);
  }
  names(): string[] {
    return Object.keys(this.values).filter((name) => this.values[name] !== undefined && this.values[name] !== null);
  }

  private elements(name: string): unknown[] {
    const value = this.known(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    throw new WrongType(this.at(name), value, "a list");
  }
  private inner(value: unknown, name: string): Properties {
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return new Properties(value as Record<string, unknown>, this.at(name));
    throw this.whyUnreadable(value, name) ?? new WrongType(this.at(name), value, "an object");
  }
  private known(name: string): unknown {
    const value = this.value(name);
    const why = this.whyUnreadable(value, name);
    if (why) throw why;
    return value === null ? undefined : value;
  }
  private value(name: string): unknown {
    const value = this.values[name];
    if (value === undefined && this.whyIncomplete) throw this.whyIncomplete;
    return value;
  }
  private whyUnreadable(value: unknown, name: string): Undecided | undefined {
    if (value === unknown) return new Undecided(this.at(name), "unknown");
    if (value === encrypted) return new Undecided(this.at(name), "encrypted");
    return value === notReported ? new Undecided(this.at(name), "notReported") : undefined;
  }
  private at(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }
}
