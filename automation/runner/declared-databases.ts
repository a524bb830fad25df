/** Pure: the PostgreSQL databases in the state of a stack, and the platforms. */
import type { RoleRotation } from "../../components/standards/rotated-logins";
import {
  identityOf,
  nameInUrn,
  targetDatabase,
  type BackendStack,
  type DeclaredDatabase,
  type DeclaredInstance,
  type DeclaredNearby,
  type DeclaredPlatform,
  type InstanceProperties,
  type StacksAnswer,
} from "../fleet-records";

/** The parts of a resource that are read here. */
export interface StateResource {
  urn: string;
  type: string;
  parent?: string;
  provider?: string;
  /** Only read by this stack. */
  external?: boolean;
  created?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

const STANDARD = "shipshape:index:StandardDatabase";
/** Where each type of instance has its resource id. */
export const resourceIdIn: Readonly<Record<string, string>> = {
  "aws:rds/instance:Instance": "resourceId",
  "aws:rds/clusterInstance:ClusterInstance": "dbiResourceId",
};

export const declaredIn = (stack: string, resources: StateResource[]): Omit<BackendStack, "name"> => ({
  ...databasesIn(stack, resources),
  platforms: platformsIn(stack, resources),
  nearby: nearbyIn(resources),
});

export function databasesIn(
  stack: string,
  resources: StateResource[],
): Pick<BackendStack, "databases" | "unidentified"> {
  // One that is replaced and not removed yet exists, too.
  const own = resources.filter((one) => !one.external);
  const byUrn = new Map(own.map((one) => [one.urn, one]));
  const withInstance = new Set<string>();
  const databases: DeclaredDatabase[] = [];
  const unidentified: string[] = [];
  for (const one of own) {
    const idIn = resourceIdIn[one.type];
    if (idIn === undefined) continue;
    const component = componentOf(one, byUrn);
    if (component) withInstance.add(component.urn);
    const { engine, identifier, arn, [idIn]: resourceId, tagsAll, tags } = one.outputs ?? {};
    if (typeof engine === "string" && !engine.includes("postgres")) continue;
    if (typeof identifier !== "string" || typeof arn !== "string" || typeof resourceId !== "string" || !resourceId)
      unidentified.push(`${nameOf(one)} has no readable resource id: bring the stack up, or refresh it`);
    // A read replica has its source's data, backups and recovery: it is among what is declared near that.
    else if (!isReplica(one))
      databases.push({
        ...targetDatabase({ identifier, resourceId, arn }),
        stack,
        urn: component?.urn ?? one.urn,
        tags: textsIn(tagsAll ?? tags),
        isStandard: component !== undefined,
        ...decidedBy(component, one, resources),
        handOver: component?.outputs?.["handOver"],
        ...accessIn(component),
        instance: instanceIn(one),
      });
  }
  for (const one of own)
    if (one.type === STANDARD && !withInstance.has(one.urn))
      unidentified.push(`StandardDatabase ${nameOf(one)} has no DB instance: its last \`up\` did not create it`);
  return { databases, unidentified };
}

const isReplica = ({ type, outputs }: StateResource): boolean =>
  type === "aws:rds/instance:Instance" && textOrNull(outputs?.["replicateSourceDb"]) !== null;

/** The StandardDatabase that a resource is part of. */
function componentOf(one: StateResource, byUrn: ReadonlyMap<string, StateResource>): StateResource | undefined {
  const visited = new Set<string>();
  for (let at: StateResource | undefined = one; at && !visited.has(at.urn); at = byUrn.get(at.parent ?? "")) {
    if (at.type === STANDARD) return at;
    visited.add(at.urn);
  }
  return undefined;
}

function platformsIn(stack: string, resources: StateResource[]): DeclaredPlatform[] {
  return resources.flatMap((platform) => {
    if (platform.type !== "shipshape:index:DatabasePlatform") return [];
    const child = (type: string, of: (one: StateResource) => boolean = () => true) =>
      resources.find((one) => one.parent === platform.urn && one.type === type && of(one))?.outputs ?? {};
    const isCopy = ({ urn }: StateResource) => urn.endsWith("-copy-key");
    const subnets = child("aws:rds/subnetGroup:SubnetGroup");
    const copyKey = child("aws:kms/key:Key", isCopy);
    const [, , , region = ""] = String(subnets["arn"]).split(":");
    const { platformName } = platform.inputs ?? {};
    if (typeof platformName !== "string" || typeof subnets["name"] !== "string") return [];
    const copyRegion = typeof copyKey["region"] === "string" ? copyKey["region"] : null;
    const tags = textsIn(subnets["tagsAll"] ?? subnets["tags"]);
    return [{ stack, platformName, subnetGroupName: subnets["name"], region, copyRegion, tags }];
  });
}

/** Secrets stay encrypted, as objects, and count as not said. */
function instanceIn({ urn, created, inputs = {}, outputs = {} }: StateResource): DeclaredInstance {
  const managed = inputs["manageMasterUserPassword"];
  return {
    urn,
    createdAt: created ?? null,
    managesPassword: typeof managed === "boolean" ? managed : null,
    masterSecretKey: textOrNull(inputs["masterUserSecretKmsKeyId"]),
    port: typeof outputs["port"] === "number" ? outputs["port"] : null,
    optionGroup: textOrNull(outputs["optionGroupName"]),
  };
}

function nearbyIn(resources: StateResource[]): DeclaredNearby {
  const own = resources.filter((one) => !one.external);
  const of = (...types: string[]) => own.filter(({ type }) => types.includes(type));
  const text = (value: unknown) => textOrNull(value) ?? "";
  return {
    parameterGroups: of("aws:rds/parameterGroup:ParameterGroup").map(({ urn, inputs = {}, outputs = {} }) => ({
      urn,
      arn: text(outputs["arn"]),
      family: text(outputs["family"]),
      parameters: (Array.isArray(inputs["parameters"]) ? (inputs["parameters"] as Record<string, unknown>[]) : []).map(
        ({ name, value }) => ({ name: text(name), value: typeof value === "object" ? null : String(value) }),
      ),
    })),
    roles: of("aws:rds/roleAssociation:RoleAssociation").map(({ outputs = {}, provider }) => ({
      identifier: text(outputs["dbInstanceIdentifier"]),
      role: text(outputs["roleArn"]),
      region: textOrNull(outputs["region"]) ?? regionOfProvider(resources, provider),
    })),
    snapshots: of("aws:rds/snapshot:Snapshot", "aws:rds/snapshotCopy:SnapshotCopy").flatMap(
      ({ inputs = {}, outputs = {} }) =>
        Array.isArray(inputs["sharedAccounts"])
          ? [{ arn: text(outputs["dbSnapshotArn"]), accounts: inputs["sharedAccounts"].map(text) }]
          : [],
    ),
    replicas: own.flatMap((one) => {
      const { identifier, arn, [resourceIdIn[one.type] ?? ""]: resourceId } = one.outputs ?? {};
      return isReplica(one)
        ? [targetDatabase({ identifier: text(identifier), resourceId: text(resourceId), arn: text(arn) })]
        : [];
    }),
    backupsCopied: of("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication").map(
      ({ outputs = {} }) => text(outputs["sourceDbInstanceArn"]),
    ),
  };
}

/** Older providers do not say a resource's Region; then it is that of the provider, if its config has one. */
function regionOfProvider(resources: StateResource[], provider = ""): string | null {
  const urn = provider.split("::").slice(0, 4).join("::");
  return textOrNull(resources.find((one) => one.urn === urn)?.inputs?.["region"]);
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Of one that an older release brought up, nothing. */
function decidedBy(
  component: StateResource | undefined,
  { outputs }: StateResource,
  all: StateResource[],
): Pick<DeclaredDatabase, "decided"> {
  const { shape } = component?.outputs ?? {};
  if (typeof shape !== "object" || shape === null) return {};
  const { username } = outputs ?? {};
  const masterUsername = typeof username === "string" ? username : null;
  const hasRoles = all.some(({ type, parent }) => type === "postgresql:index/role:Role" && parent === component?.urn);
  return { decided: { shape, masterUsername, hasRoles } };
}

/**
 * What stacks declare of their databases' roles, as properties of these: a rotation of passwords is in no answer of the
 * RDS API. Throws if a stack that may declare them could not be read: nothing is known then.
 */
export function withDeclared(cloud: InstanceProperties, answer: StacksAnswer): InstanceProperties {
  if (!answer.asked) throw new Error(`the stacks could not be read: ${answer.reason}`);
  const [unread] = answer.unread;
  if (unread) throw new Error(`stack ${unread.stack} could not be read: ${unread.reason}`);
  const instances = new Map(cloud.instances);
  for (const declared of answer.stacks.flatMap(({ databases }) => databases)) {
    const found = instances.get(identityOf(declared));
    if (!found) continue;
    const roles = Object.entries(declared.access?.roles ?? {}).flatMap(([role, { generation, locked = null }]) => [
      [`${role}.generation`, generation],
      [`${role}.locked`, locked],
    ]);
    instances.set(identityOf(declared), { ...found, ...(Object.fromEntries(roles) as typeof found) });
  }
  return { ...cloud, instances };
}

/** What a StandardDatabase says of the roles that log in with a password. */
function accessIn(component: StateResource | undefined): Pick<DeclaredDatabase, "access"> {
  const {
    shape,
    rotation = {},
    secretArns,
  } = (component?.outputs ?? {}) as {
    shape?: { schemaName?: string; roles?: Record<string, { secretName?: string }> };
    rotation?: Record<string, RoleRotation>;
    secretArns?: object;
  };
  // Without the ARNs of their secrets its roles are to be created later.
  if (shape?.schemaName === undefined || Object.keys(secretArns ?? {}).length === 0) return {};
  const roles = Object.entries(shape.roles ?? {}).flatMap(([role, { secretName }]) =>
    secretName === undefined ? [] : [[role, { generation: 0, ...rotation[role], secretName }] as const],
  );
  return { access: { schemaName: shape.schemaName, roles: Object.fromEntries(roles) } };
}

const nameOf = ({ urn }: StateResource): string => nameInUrn(urn);

/** Secrets stay encrypted, as objects. */
const textsIn = (tags: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tags ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
