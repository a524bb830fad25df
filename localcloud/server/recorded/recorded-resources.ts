import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../wire/aws-error";
import type { Clock } from "../clock";
import type { Store } from "../storage/store";
import type { Properties, RecordedResource, RecordedType, Reference } from "./recorded-type";
import { RecordSet, globalRegion } from "./record-set";
import { supportedTypes, whyNotSupported } from "./supported-types";
import { KEY } from "./types/key-management";
import { SECRET, SECRET_POLICY } from "./types/secret-policy";

/** What recorded resources need to know about those that have their own API. */
export interface RecordedContext {
  secretExists(arn: string): boolean;
  /** The users of this subnet, security group … by its id, as text: `database orders-production`. */
  usersOf(type: string, id: string): string[];
}

export interface CreateRequest {
  type: string;
  name: string;
  region: string;
  properties: Properties;
}

/** Resources that have no API of their own here: stored as given, with the ids, ARNs and refusals AWS would have. */
export class RecordedResources {
  readonly recordSet: RecordSet;

  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly context: RecordedContext,
  ) {
    this.recordSet = new RecordSet(store, clock);
  }

  create(request: CreateRequest): RecordedResource {
    const row = rowOf(request.type);
    const region = row.isGlobal ? globalRegion : request.region;
    const given = withoutUnset(request.properties);
    this.refuseInvalid(row, given, region);

    const identity = row.identify(given, this.recordSet.context(region));
    const existing = this.recordSet.find(row.token, identity.id, region);
    if (
      existing !== undefined &&
      row.whenExists === "accepted-if-equal" &&
      isDeepStrictEqual({ ...existing.properties, ...given }, existing.properties)
    )
      return existing;
    if (existing !== undefined && row.whenExists !== "replaced") throw alreadyExists(row, identity.id);
    this.refuseTakenName(row, given, region);

    const computed = withoutUnset({ ...identity.computed });
    const record: RecordedResource = {
      type: row.token,
      name: request.name,
      region,
      id: identity.id,
      arn: identity.arn,
      properties: { ...computed, ...given },
      createdAt: this.clock.now().toISOString(),
      computed: Object.keys(computed).filter((name) => !(name in given)),
    };
    this.recordSet.keep(record);
    return record;
  }

  /** Replaces the old properties with these; those the cloud itself filled in stay. */
  replace(record: RecordedResource, properties: Properties): RecordedResource {
    const row = rowOf(record.type);
    const given = withoutUnset(properties);
    this.refuseInvalid(row, given, record.region);
    const recomputed = row.recomputed ? row.identify(given, this.recordSet.context(record.region)).computed : undefined;
    const next: Properties = { ...given };
    for (const name of record.computed) {
      if (row.recomputed?.includes(name)) next[name] = recomputed?.[name];
      else next[name] ??= record.properties[name];
    }
    return this.keep({ ...record, properties: withoutUnset(next) });
  }

  /** Sets single properties, as a change from outside would, without checking whether AWS would allow it. */
  overwrite(record: RecordedResource, properties: Properties): RecordedResource {
    return this.keep({ ...record, properties: { ...record.properties, ...properties } });
  }

  delete(record: RecordedResource): void {
    const row = rowOf(record.type);
    const reason = this.whyUndeletable(row, record);
    if (reason !== undefined)
      throw new AwsError("ResourceInUse", `the ${row.noun} ${record.id} cannot be deleted: ${reason}`, 409);
    if (!row.deletionDelayDays) return this.recordSet.forget(record);
    const deletionAt = new Date(this.clock.now().getTime() + row.deletionDelayDays(record.properties) * dayMs);
    this.recordSet.keep({ ...record, deletionAt: deletionAt.toISOString() });
  }

  /** The resource policy of a secret, which Secrets Manager returns. */
  secretPolicy(secretArn: string): string | undefined {
    return this.recordSet.find(SECRET_POLICY, secretArn)?.properties["policy"] as string | undefined;
  }

  private keep(record: RecordedResource): RecordedResource {
    this.recordSet.keep(record);
    return record;
  }

  private whyUndeletable(row: RecordedType, record: RecordedResource): string | undefined {
    if (this.recordSet.isImplied(record)) return "it belongs to the default network";
    const recorded = this.recordSet.dependents(record, "refused").map((user) => `${rowOf(user.type).noun} ${user.id}`);
    const users = [...recorded, ...this.context.usersOf(record.type, record.id)];
    return (
      row.whyUndeletable?.(record.properties) ??
      (users.length > 0 ? `it is in use by ${users.slice(0, namedUsersMax).join(", ")}` : undefined)
    );
  }

  private refuseInvalid(row: RecordedType, properties: Properties, region: string): void {
    const unset = (row.required ?? []).filter((name) => properties[name] === undefined || properties[name] === "");
    if (unset.length > 0) throw new AwsError("ValidationError", `a ${row.noun} needs ${unset.join(" and ")}`);
    const missing = (row.references?.(properties) ?? []).find((reference) => !this.exists(reference, region));
    if (missing === undefined) return;
    const noun = supportedTypes.get(missing.type)?.noun ?? "secret";
    throw new AwsError(
      "ReferenceNotFound",
      `${missing.property} of this ${row.noun} names a ${noun} that does not exist: ${missing.idOrArn}`,
    );
  }

  private exists(reference: Reference, region: string): boolean {
    if (reference.type === SECRET) return this.context.secretExists(reference.idOrArn);
    if (reference.type === KEY) return this.recordSet.keyArn(reference.idOrArn, region) !== undefined;
    return this.recordSet.find(reference.type, reference.idOrArn, region) !== undefined;
  }

  private refuseTakenName(row: RecordedType, properties: Properties, region: string): void {
    const name = row.mustBeUnique?.(properties);
    if (name === undefined) return;
    const others = this.recordSet.list(row.token).filter((record) => record.region === region);
    if (others.some((record) => row.mustBeUnique?.(record.properties) === name)) throw alreadyExists(row, name);
  }
}

const dayMs = 86_400_000;

/** An error names a few users of a resource, not a whole fleet. */
const namedUsersMax = 5;

function rowOf(token: string): RecordedType {
  const row = supportedTypes.get(token);
  if (row === undefined) throw new AwsError("UnsupportedResourceType", whyNotSupported(token));
  return row;
}

const alreadyExists = (row: RecordedType, id: string): AwsError =>
  new AwsError("ResourceAlreadyExists", `a ${row.noun} ${id} already exists`, 409);

/** Null and absent are the same to AWS. */
const withoutUnset = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined && value !== null));
