/**
 * What a rule reads. A value may be known, absent, unknown (a preview: only the cloud can tell), sealed (a secret nobody opened) or unseen (the
 * RDS API does not tell what only a program says). Rules ask for the type they need; what cannot be had is thrown, and `judge.ts` makes the
 * verdict of it, so that no rule takes "not known" for "not there".
 */
export const unknown = Symbol("unknown until deployment");
export const unseen = Symbol("not told by the RDS API");
export const sealed = "[secret]";

/** The value exists or may exist, but is not to be read here and now. */
export class Undecided extends Error {
  constructor(
    readonly property: string,
    readonly reason: "unknown" | "sealed" | "unseen",
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

export class Properties {
  constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly path = "",
  ) {}

  /** Given at all, its value known or not: a key that the same first preview makes is a key. */
  has(name: string): boolean {
    const value = this.values[name];
    if (value === unseen) throw new Undecided(this.at(name), "unseen");
    return value !== undefined && value !== null && value !== "";
  }
  /** Undefined when absent, and also when it can't be read: for what may only add to a verdict. */
  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === "string" && value !== sealed ? value : undefined;
  }
  boolean(name: string): boolean | undefined {
    const value = this.known(name);
    if (value === undefined || typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
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
  strings(name: string): string[] {
    return this.elements(name).map((element, index) => {
      if (typeof element === "string") return element;
      throw this.unfit(element, `${name}[${index}]`, "a text");
    });
  }
  /** A list of objects. */
  list(name: string): Properties[] {
    return this.elements(name).map((element, index) => this.inner(element, `${name}[${index}]`));
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
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return new Properties(value as Record<string, unknown>, this.at(name));
    throw this.unfit(value, name, "an object");
  }
  private unfit(value: unknown, name: string, expected: string): Error {
    return this.unreadable(value, name) ?? new WrongType(this.at(name), value, expected);
  }
  private known(name: string): unknown {
    const value = this.values[name];
    const why = this.unreadable(value, name);
    if (why) throw why;
    return value === null ? undefined : value;
  }
  private unreadable(value: unknown, name: string): Undecided | undefined {
    if (value === unknown) return new Undecided(this.at(name), "unknown");
    if (value === sealed) return new Undecided(this.at(name), "sealed");
    return value === unseen ? new Undecided(this.at(name), "unseen") : undefined;
  }
  private at(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }
}
