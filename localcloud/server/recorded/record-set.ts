import { AwsError } from "../wire/aws-error";
import { defaultRegion } from "../wire/arn";
import type { Clock } from "../clock";
import type { Collection, Store } from "../storage/store";
import { defaultNetwork } from "./default-network";
import type { CreationContext, RecordedResource, Reference } from "./recorded-type";
import { supportedTypes } from "./supported-types";
import { KEY } from "./types/key-management";

/** IAM's resources have no Region; their records have this instead. */
export const globalRegion = "aws-global";

/** The stored records: finds and writes them, without checking what may be created or deleted. */
export class RecordSet {
  private readonly records: Collection<RecordedResource>;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {
    this.records = store.collection<RecordedResource>("recorded");
  }

  /** An existing one, not one whose deletion is scheduled. Without a Region: in any, if only one Region has it. */
  find(type: string, idOrArn: string, region?: string): RecordedResource | undefined {
    const named = this.list(type, region).filter(
      (record) => record.deletionAt === undefined && isNamed(record, idOrArn),
    );
    // The default network has the same ids in every Region: without one, the standard Region's is meant.
    const found = named.filter((record) =>
      isIn(record, region ?? (this.isImplied(record) ? defaultRegion : record.region)),
    );
    const regions = found.map((record) => record.region);
    if (regions.length > 1)
      throw new AwsError(
        "AmbiguousResource",
        `${type} ${idOrArn} exists in ${regions.join(" and ")}; choose one with region=`,
      );
    return found[0];
  }

  /** @param name an ARN or, for a resource without one, `<type>::<id>` */
  findByArn(name: string): RecordedResource | undefined {
    return this.list().find((record) => record.arn === name || `${record.type}::${record.id}` === name);
  }

  /**
   * Everything recorded, including keys waiting for their deletion, and the default networks of the Regions in use and
   * of the given one.
   */
  list(type?: string, region: string = defaultRegion): RecordedResource[] {
    this.removeDue();
    const created = this.records.list();
    const regions = new Set([defaultRegion, region, ...created.map((record) => record.region)]);
    regions.delete(globalRegion);
    const implied = [...regions]
      .flatMap((region) => defaultNetwork(this.context(region)))
      .filter((record) => !this.records.has(keyOf(record)));
    return [...implied, ...created].filter((record) => type === undefined || record.type === type);
  }

  /** The number of resources created. */
  count(): number {
    return this.records.ids().length;
  }

  /**
   * A usable key: by id, ARN, `alias/…` or an alias's ARN. AWS's own keys (`alias/aws/rds`) are always usable.
   * @returns its ARN, or undefined
   */
  keyArn(idOrArn: string, region: string): string | undefined {
    const own = `arn:aws:kms:${region}:${this.store.accountId}:`;
    const name = idOrArn.startsWith(own) ? idOrArn.slice(own.length) : idOrArn;
    if (name.startsWith("alias/aws/")) return `${own}${name}`;
    if (!name.startsWith("alias/")) return this.find(KEY, idOrArn, region)?.arn;
    const target = this.find("aws:kms/alias:Alias", name, region)?.properties["targetKeyId"];
    return typeof target === "string" ? this.find(KEY, target, region)?.arn : undefined;
  }

  /** The records that the deletion of this one removes, or is refused for. */
  dependents(record: RecordedResource, whenDeleted: Reference["whenDeleted"]): RecordedResource[] {
    const names = (reference: Reference) =>
      reference.whenDeleted === whenDeleted && reference.type === record.type && isNamed(record, reference.idOrArn);
    return this.records.list().filter((other) => isIn(other, record.region) && referencesOf(other).some(names));
  }

  keep(record: RecordedResource): void {
    this.records.put(keyOf(record), record);
  }

  forget(record: RecordedResource): void {
    for (const dependent of this.dependents(record, "deleted-too")) this.records.delete(keyOf(dependent));
    this.records.delete(keyOf(record));
  }

  isImplied(record: RecordedResource): boolean {
    return defaultNetwork(this.context(record.region)).some((one) => one.type === record.type && one.id === record.id);
  }

  context(region: string): CreationContext {
    return { region, accountId: this.store.accountId, now: this.clock.now() };
  }

  /** A waiting time is checked whenever a record is read; no timer is needed for that. */
  private removeDue(): void {
    const now = this.clock.now().toISOString();
    for (const record of this.records.list()) {
      if (record.deletionAt !== undefined && record.deletionAt <= now) this.forget(record);
    }
  }
}

const keyOf = (record: RecordedResource): string => `${record.region} ${record.type} ${record.id}`;

const referencesOf = (record: RecordedResource): Reference[] =>
  supportedTypes.get(record.type)?.references?.(record.properties) ?? [];

const isNamed = (record: RecordedResource, idOrArn: string): boolean =>
  record.id === idOrArn || (record.arn !== "" && record.arn === idOrArn);

const isIn = (record: RecordedResource, region: string): boolean =>
  [record.region, globalRegion].includes(region) || record.region === globalRegion;
