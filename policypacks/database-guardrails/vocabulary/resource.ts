import { Properties, encrypted, Undecided, unknown, notReported } from "./properties";

/** What is known about a resource, wherever it was read: the pack's arguments, an exported state, the RDS API. */
export interface ResourceFacts {
  /** A Pulumi URN, or the ARN of a resource that no stack declares. */
  urn: string;
  type: string;
  name: string;
  properties: Readonly<Record<string, unknown>>;
  /**
   * Where the properties were read: the program's inputs, a state's actual values, or the RDS API.
   * @default program
   */
  reportedBy?: "program" | "state" | "api";
  /** When AWS created it, if known. Unlike a tag, it cannot be chosen. */
  createdAt?: string | undefined;
  /**
   * Imported, so its program does not say what it was created from.
   * @default false
   */
  adopted?: boolean;
  /**
   * Replaced, but not deleted yet.
   * @default false
   */
  awaitingDeletion?: boolean;
  /** Environment and tier from the arguments of its parent components. */
  declaredBy?: { environment?: string | undefined; tier?: string | undefined };
  /** A Pulumi resource option, like `ignoreChanges`; undefined if there is no program. */
  protect: boolean | undefined;
  ignoreChanges: readonly string[];
  /** URNs by property; those of no particular property are under "". */
  dependencies: Readonly<Record<string, readonly string[]>>;
}

/** What rules see of a resource. */
export class Resource extends Properties {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly reportedBy: "program" | "state" | "api";
  readonly createdAt: string | undefined;
  readonly adopted: boolean;
  readonly awaitingDeletion: boolean;
  readonly declaredBy: NonNullable<ResourceFacts["declaredBy"]>;
  readonly protect: boolean | undefined;
  readonly ignoreChanges: readonly string[];

  constructor(private readonly facts: ResourceFacts) {
    super(facts.properties);
    ({
      urn: this.urn,
      type: this.type,
      name: this.name,
      protect: this.protect,
      ignoreChanges: this.ignoreChanges,
    } = facts);
    this.reportedBy = facts.reportedBy ?? "program";
    this.createdAt = facts.createdAt;
    this.adopted = facts.adopted ?? false;
    this.awaitingDeletion = facts.awaitingDeletion ?? false;
    this.declaredBy = facts.declaredBy ?? {};
  }
  is(...types: readonly string[]): boolean {
    return types.includes(this.type);
  }
  /** URNs that one property was computed from; without a property, all that the resource depends on. */
  dependsOn(property?: string): readonly string[] {
    return property === undefined
      ? Object.values(this.facts.dependencies).flat()
      : (this.facts.dependencies[property] ?? []);
  }
  /**
   * Its own tags and those that its provider adds to every resource: AWS has both. Undefined if there are none.
   */
  tags(): Properties | undefined {
    const own = this.object("tags");
    const { tags, tagsAll } = this.facts.properties;
    if (isObject(tagsAll)) return new Properties({ ...tagsAll, ...(isObject(tags) ? tags : {}) }, "tags");
    const why =
      tagsAll === unknown
        ? "unknown"
        : tagsAll === notReported
          ? "notReported"
          : tagsAll === encrypted
            ? "encrypted"
            : undefined;
    return why === undefined ? own : new Properties(isObject(tags) ? tags : {}, "tags", new Undecided("tagsAll", why));
  }
  /** The value of one tag; undefined if it is missing or unknown. Use `tags` where the difference matters. */
  tag(name: string): string | undefined {
    const { tags, tagsAll } = this.facts.properties;
    const value = (isObject(tags) ? tags[name] : undefined) ?? (isObject(tagsAll) ? tagsAll[name] : undefined);
    return typeof value === "string" && value !== encrypted ? value : undefined;
  }
}

/** All resources of one stack, or of one account and Region for live databases. */
export class Stack {
  private readonly byUrn: Map<string, Resource>;
  private readonly byType = new Map<string, Resource[]>();

  constructor(readonly resources: readonly Resource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      const known = this.byType.get(resource.type);
      if (known) known.push(resource);
      else this.byType.set(resource.type, [resource]);
    }
  }
  of(...types: readonly string[]): readonly Resource[] {
    const lists = [];
    for (const type of types) {
      const list = this.byType.get(type);
      if (list) lists.push(list);
    }
    return lists.length === 1 ? (lists[0] ?? []) : lists.flat();
  }
  /** Resources of one type that a resource, or one of its properties, was computed from. */
  dependenciesOf(resource: Resource, type: string, property?: string): Resource[] {
    return resource.dependsOn(property).flatMap((urn) => {
      const found = this.byUrn.get(urn);
      return found?.type === type ? [found] : [];
    });
  }
  /** Whether any of the resources is of these types, or was computed from one that is, directly or indirectly. */
  comesFrom(urns: readonly string[], types: readonly string[]): boolean {
    const visited = new Set(urns);
    for (const urn of visited) {
      if (types.includes(typeIn(urn))) return true;
      for (const dependency of this.byUrn.get(urn)?.dependsOn() ?? []) visited.add(dependency);
    }
    return false;
  }
  has(urn: string): boolean {
    return this.byUrn.has(urn);
  }
}

/** The resource's own type: a URN contains those of its parents too. */
const typeIn = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
