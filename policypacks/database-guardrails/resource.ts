import { Properties } from "./properties";

/** What is known of a resource, wherever it was read: the pack's arguments, an exported state, the RDS API. */
export interface ResourceFacts {
  /** A Pulumi URN, or the ARN of what no stack declares. */
  urn: string;
  type: string;
  name: string;
  /** Inputs where a resource is judged alone, outputs where a whole stack is (as `pulumi policy analyze` has it). */
  properties: Readonly<Record<string, unknown>>;
  /** Undefined where no program says it: protection and ignored changes are Pulumi's own. */
  protect: boolean | undefined;
  ignoreChanges: readonly string[];
  /** URNs by property, and those of no property in particular under "". */
  dependencies: Readonly<Record<string, readonly string[]>>;
}

/** A resource as rules see it. */
export class Resource extends Properties {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly protect: boolean | undefined;
  readonly ignoreChanges: readonly string[];

  constructor(private readonly facts: ResourceFacts) {
    super(facts.properties);
    ({ urn: this.urn, type: this.type, name: this.name, protect: this.protect, ignoreChanges: this.ignoreChanges } = facts);
  }
  is(...types: readonly string[]): boolean {
    return types.includes(this.type);
  }
  /** URNs that one property was computed from; without a name, all that the resource depends on. */
  dependsOn(property?: string): readonly string[] {
    return property === undefined ? Object.values(this.facts.dependencies).flat() : (this.facts.dependencies[property] ?? []);
  }
  /** Undefined when there is none or it is not known; see `Properties.object` where that is a difference. */
  tag(name: string): string | undefined {
    const tags = this.facts.properties["tags"];
    const value = typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>)[name] : undefined;
    return typeof value === "string" ? value : undefined;
  }
}

/** All resources of one stack, or of one account and Region where no stack was asked. */
export class Stack {
  private readonly byUrn: Map<string, Resource>;

  constructor(readonly resources: readonly Resource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  }
  of(...types: readonly string[]): Resource[] {
    return this.resources.filter((resource) => types.includes(resource.type));
  }
  /** Resources of a type that another one was computed from. */
  behind(resource: Resource, type: string, property?: string): Resource[] {
    return resource.dependsOn(property).flatMap((urn) => {
      const found = this.byUrn.get(urn);
      return found?.type === type ? [found] : [];
    });
  }
}
