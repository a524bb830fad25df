/**
 * What a rule reads. A value may be known, absent, unknown (a preview: only the cloud can tell), encrypted (a secret
 * nobody opened), notReported (the RDS API does not tell what only a program says) or elsewhere (declared in a stack
 * that is not here). Rules ask for the type they need; what cannot be had is thrown, and `judge.ts` makes the verdict
 * of it, so that no rule takes "not known" for "not there".
 */
export const unknown = Symbol("unknown until deployment");
export const notReported = Symbol("not reported by the RDS API");
export const encrypted = "[secret]";

/** The value exists or may exist, but is not to be read here and now. */
export class Undecided extends Error {
  constructor(
    readonly property: string,
    readonly reason: "unknown" | "encrypted" | "notReported" | "elsewhere",
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
 * As RDS and its provider compare names, protocols and settings: without case, and without blanks around them. All
 * rules compare in this form.
 */
export function canonical(text: string): string {
  const lower = text.toLowerCase();
  // Nearly all are plain, and there are millions of them in a fleet.
  return /^[a-z0-9._:/-]*$/.test(lower) ? lower : lower.normalize("NFKC").trim().toLowerCase();
}

/** One part of a check: what it cannot read becomes a verdict of its own, and the other parts are still asked. */
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
    /** Why what is not among the values may be there after all. */
    private readonly beyond?: Undecided | WrongType,
  ) {}

  /** Given at all, its value known or not: a key that the same first preview makes is a key. */
  has(name: string): boolean {
    const value = this.value(name);
    if (value === notReported) throw new Undecided(this.at(name), "notReported");
    return value !== undefined && value !== null && value !== "";
  }
  /** Undefined when absent, and also when it can't be read: for what may only add to a verdict. */
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
    throw new WrongType(this.at(name), value, "a text");
  }
  /** A text in its canonical form. */
  word(name: string): string | undefined {
    const value = this.string(name);
    return value === undefined ? undefined : canonical(value);
  }
  strings(name: string): string[] {
    const { strings, doubts } = this.readableStrings(name);
    if (doubts[0]) throw doubts[0];
    return strings;
  }
  /**
   * The texts of a list that can be read, and why the others can't: one that is encrypted does not hide those beside
   * it.
   */
  readableStrings(name: string): { strings: string[]; doubts: (Undecided | WrongType)[] } {
    const [strings, doubts]: [string[], (Undecided | WrongType)[]] = [[], []];
    try {
      for (const [index, element] of this.elements(name).entries()) {
        const why = this.unreadable(element, `${name}[${index}]`);
        if (why) doubts.push(why);
        else if (typeof element === "string" || typeof element === "number") strings.push(String(element));
        else doubts.push(new WrongType(this.at(`${name}[${index}]`), element, "a text"));
      }
    } catch (thrown) {
      if (!(thrown instanceof Undecided || thrown instanceof WrongType)) throw thrown;
      doubts.push(thrown);
    }
    return { strings, doubts };
  }
  /** A list of objects. One that can't be read as a whole is there, and says so when it is asked for something. */
  list(name: string): Properties[] {
    return this.elements(name).map((element, index) => {
      const at = `${name}[${index}]`;
      const why = this.unreadable(element, at);
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
    throw this.unreadable(value, name) ?? new WrongType(this.at(name), value, "an object");
  }
  private known(name: string): unknown {
    const value = this.value(name);
    const why = this.unreadable(value, name);
    if (why) throw why;
    return value === null ? undefined : value;
  }
  private value(name: string): unknown {
    const value = this.values[name];
    if (value === undefined && this.beyond) throw this.beyond;
    return value;
  }
  private unreadable(value: unknown, name: string): Undecided | undefined {
    if (value === unknown) return new Undecided(this.at(name), "unknown");
    if (value === encrypted) return new Undecided(this.at(name), "encrypted");
    return value === notReported ? new Undecided(this.at(name), "notReported") : undefined;
  }
  private at(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }
}
