import { rdsArn } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import { familyMajors, familyOf } from "../instances/engine-versions";
import type { Tag } from "../../storage/records";
import type { Collection, Store } from "../../storage/store";

/** A DB parameter group: the values set in it, by parameter name; all else is the engine's default. */
export interface ParameterGroupRecord {
  name: string;
  region: string;
  family: string;
  description: string;
  parameters: Record<string, GroupParameter>;
  tags: Tag[];
}

export interface GroupParameter {
  value: string;
  applyMethod: "immediate" | "pending-reboot";
}

/** All parameter groups. Those named `default.<family>` are built in and never change. */
export class ParameterGroups {
  private readonly records: Collection<ParameterGroupRecord>;

  constructor(store: Store) {
    this.records = store.collection<ParameterGroupRecord>("parameter-groups");
  }

  /** RDS keeps these names in lower case. */
  find(region: string, name: string): ParameterGroupRecord | undefined {
    return (
      this.records.get(key(region, name)) ?? defaultGroups(region).find((group) => group.name === name.toLowerCase())
    );
  }

  /** @throws AwsError DBParameterGroupNotFound */
  get(region: string, name: string): ParameterGroupRecord {
    const group = this.find(region, name);
    if (!group) throw new AwsError("DBParameterGroupNotFound", `DBParameterGroup not found: ${name}`);
    return group;
  }

  list(region: string): ParameterGroupRecord[] {
    const created = this.records.list().filter((group) => group.region === region);
    return [...created, ...defaultGroups(region)].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  put(group: ParameterGroupRecord): void {
    this.records.put(key(group.region, group.name), group);
  }

  remove(group: ParameterGroupRecord): void {
    this.records.delete(key(group.region, group.name));
  }

  values(region: string, name: string): Record<string, string> {
    const parameters = this.find(region, name)?.parameters ?? {};
    return Object.fromEntries(Object.entries(parameters).map(([parameter, { value }]) => [parameter, value]));
  }
}

export function isDefaultGroup(name: string): boolean {
  return name.toLowerCase().startsWith("default.");
}

export function defaultGroupOf(engineVersion: string): string {
  return `default.${familyOf(engineVersion)}`;
}

export function describeParameterGroup(group: ParameterGroupRecord, accountId: string): object {
  return {
    DBParameterGroupName: group.name,
    DBParameterGroupFamily: group.family,
    Description: group.description,
    DBParameterGroupArn: rdsArn(accountId, group.region, "pg", group.name),
  };
}

function defaultGroups(region: string): ParameterGroupRecord[] {
  return familyMajors().map((major) => {
    const family = familyOf(major);
    return {
      name: `default.${family}`,
      region,
      family,
      description: `Default parameter group for ${family}`,
      parameters: {},
      tags: [],
    };
  });
}

/** `postgres17` → `17`, or undefined when there is no such family. */
export function majorOfFamily(family: string): string | undefined {
  return familyMajors().find((major) => familyOf(major) === family);
}

const key = (region: string, name: string): string => `${region}/${name.toLowerCase()}`;
