/** What refreshes make in a cloud in memory: a target, with a database that nobody sees until it is handed over. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { parse } from "yaml";
import type { MaskedCopy } from "../../../components/masked-copy";
import { copyTagKeys, stackTag } from "../../../components/standards/fixed";
import type { CopyStanding, CopyState } from "../../../automation/copy-records";
import { canonicalJson } from "../../../automation/records";
import { targetDatabase, type DeclaredDatabase } from "../../../automation/fleet-records";
import { profileDigest, type MaskingProfile } from "../../../automation/masking/profile";
import type { LeakReport } from "../../../automation/masking/leak-report";
import { schemaDigest, type SchemaFacts } from "../../../automation/masking/schema-facts";
import type { StackProgram } from "../../../automation/runner/pulumi-stack";
import type { CopyDifferences } from "../../../automation/targets/masked-copy/copy-state";
import type { CopyValidation } from "../../../automation/targets/masked-copy/copy-validation";
import type { RefreshedDatabaseArgs } from "../../../stacks/refreshed-database";

const program = "refreshed-database.";
const isOf = (identifier: string, name: string) => [identifier, `${program}${identifier}`].includes(name);

/** What of the cloud it needs. */
interface Cloud {
  readonly instances: Map<string, { described: DBInstance }>;
  readonly stacks: Map<string, Set<string>>;
  change(what: string, apply: () => void): Promise<void>;
  add(identifier: string, more: DBInstance): unknown;
}

export class MemoryCopies {
  /** The copy that an earlier refresh has made, if one has. */
  readonly older = "orders-staging";
  target = this.older;
  readonly shape = {
    ...{ service: "orders", size: "small", databaseName: "orders", schemaName: "orders", furtherSchemas: [] },
    ...{ extensions: [], postgresMajor: 17 },
  };
  private readonly madeAt = new Date().toISOString();
  readonly facts: SchemaFacts = {
    ...{ serverVersion: 170010, tables: [], uniques: [], foreignKeys: [], definitions: [] },
    ...{ extensions: [], largeObjects: 0 },
  };
  readonly profile: MaskingProfile = {
    ...{ version: 1, source: "orders", key: { secret: "masking/orders" }, tables: {}, definitions: {} },
    ...{ virtualKeys: [], disarm: [{ sql: "update hook", reason: "it calls nobody" }] },
    ...{ largeObjects: "refuse", sequences: "column" },
  };
  /** What the search finds. */
  private hits: LeakReport["hits"] = [];
  /** Rows that people have written to an earlier copy. */
  private written = 0;
  /** Rows that the copy lacks. */
  differingCounts: CopyValidation["differingCounts"] = [];
  /** The request whose copy applications see. */
  private mark: string | undefined;
  private hidden: { isFilled: boolean; isDisarmed: boolean } | undefined;
  private readonly olderMark = "an earlier one";
  private isOlder = false;
  private isTeams = false;
  private leaks = false;
  private readonly olderTags: Record<string, string> = {
    ...{ service: "orders", environment: "staging", tier: "bronze", owner: "team-orders" },
    "data-classification": "internal",
    "shipshape:standard": "shipshape/1.2.0/0123456789ab",
    [copyTagKeys.request]: this.olderMark,
    [copyTagKeys.source]: "orders",
    [copyTagKeys.profile]: "0".repeat(64),
    [copyTagKeys.expiresOn]: "2026-01-31",
  };

  /** Of a database that a team has declared. */
  private readonly teamTags = {
    ...{ service: "orders", environment: "staging", tier: "bronze", owner: "team-web" },
    ...{ "data-classification": "internal", [stackTag]: `shipshape/database.${this.target}` },
    "shipshape:standard": "shipshape/1.2.0/0123456789ab",
  };

  constructor(private readonly cloud: Cloud) {}

  isCopy = (stackName: string): boolean =>
    stackName.startsWith(program) || (this.isTeams && stackName === `database.${this.target}`);
  /** Of a copy that was handed over, or of an older one in whose place nothing came. */
  isWanted = (name: string): boolean => (this.isTeams && name === this.target) || this.isWantedCopy(name);
  private isWantedCopy = (name: string): boolean =>
    !this.leaks &&
    ((this.mark !== undefined && this.mark !== this.olderMark && isOf(this.target, name)) ||
      (this.isOlder && isOf(this.older, name)));
  left = (): string[] => (this.hidden && this.cloud.instances.has(this.target) ? ["a copy that nobody sees"] : []);

  arrangeLeak(): void {
    this.hits = [{ place: "public.item.note", column: "public.item.name", arm: "value", count: 1 }];
  }

  /** An earlier refresh has made one. */
  arrangeOlder(expiresOn = "2026-01-31"): void {
    this.isOlder = true;
    this.olderTags[copyTagKeys.expiresOn] = expiresOn;
    this.add(this.olderTags);
    this.cloud.stacks.set(`${program}${this.target}`, new Set([this.target]));
  }

  /** An earlier refresh has made one, of which another one is made. */
  arrangeEarlier(written = 0): void {
    this.written = written;
    this.arrangeOlder(new Date(Date.now() + 86_400_000).toISOString().slice(0, 10));
    this.target = "orders-development";
  }

  /** What the log says of the older one. */
  signed(): CopyStanding {
    const identifier = "orders";
    const arn = `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`;
    const [madeBy, expiresOn] = [copyTagKeys.request, copyTagKeys.expiresOn].map((key) => this.olderTags[key]!);
    const profile = { name: "orders", digest: profileDigest(this.profile), columnsMasked: 0 };
    const maskedCopy = { request: madeBy!, source: identifier, profile: "0".repeat(64), expiresOn: expiresOn! };
    return {
      standing: "proven",
      copy: {
        ...{
          requestId: madeBy!,
          requestedBy: "ana",
          evidence: "0".repeat(64),
          profile,
          schemaDigest: schemaDigest(this.facts),
          extensions: [],
        },
        ...{ expiresOn: expiresOn!, dataFrom: this.madeAt, handedOverAt: this.madeAt, state: this.state },
        source: { database: targetDatabase({ identifier, resourceId: "db-1", arn }), tags: this.olderTags },
        arguments: {
          request: { ...this.shape, environment: "staging", maskedCopy } as unknown as RefreshedDatabaseArgs["request"],
          ...{ platformStack: "platform.test", reachableFrom: {} },
        },
      },
    };
  }

  /** A team has declared it; and with `holds`, a refresh has put a copy there. */
  arrangeTeam(holds = false): void {
    this.isTeams = true;
    const copied = Object.values(copyTagKeys).map((key) => [key, this.olderTags[key]]);
    this.add({ ...this.teamTags, ...(holds && (Object.fromEntries(copied) as object)) });
  }

  private add(tags: Record<string, string>): void {
    this.cloud.add(this.target, {
      ...{ DBInstanceStatus: "available", MasterUserSecret: { SecretArn: "arn:master" } },
      TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });
  }

  /** The `up` of the team's stack: its tags are as its config says. */
  private async bringTeamUp(config: string): Promise<void> {
    const { "shipshape:request": said } = (parse(config) as { config: Record<string, { maskedCopy?: MaskedCopy }> })
      .config;
    const { maskedCopy } = said ?? {};
    const tags: Record<string, string> = {
      ...this.teamTags,
      ...(maskedCopy && { [copyTagKeys.request]: maskedCopy.request, [copyTagKeys.expiresOn]: maskedCopy.expiresOn }),
    };
    const { described } = this.cloud.instances.get(this.target)!;
    const wanted = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    if (JSON.stringify(described.TagList) !== JSON.stringify(wanted))
      await this.cloud.change(`${this.target} is tagged`, () => (described.TagList = wanted));
  }

  declared(): DeclaredDatabase[] {
    if (this.isTeams) return [this.declaredByTeam()];
    const found = this.cloud.instances.get(this.older)?.described;
    const known = { identifier: this.older, resourceId: found?.DbiResourceId ?? "", arn: found?.DBInstanceArn ?? "" };
    const stack = `shipshape/${program}${this.older}`;
    return this.isOlder
      ? [{ ...targetDatabase(known), stack, urn: stack, tags: this.olderTags, isStandard: true }]
      : [];
  }

  private declaredByTeam(): DeclaredDatabase {
    const {
      DbiResourceId: resourceId = "",
      DBInstanceArn: arn = "",
      TagList = [],
    } = this.cloud.instances.get(this.target)!.described;
    const tags = Object.fromEntries(TagList.map(({ Key = "", Value = "" }) => [Key, Value]));
    const stack = `shipshape/database.${this.target}`;
    const decided = { shape: this.shape, masterUsername: null, hasRoles: true };
    const database = targetDatabase({ identifier: this.target, resourceId, arn });
    return { ...database, stack, urn: stack, tags, isStandard: true, decided };
  }

  async bringUp({ stackName, program: of, config, settleCloud }: StackProgram, signal: AbortSignal): Promise<void> {
    if (config !== undefined) {
      await settleCloud(signal);
      return this.bringTeamUp(config);
    }
    const { request } = (await of(new Map())()) as unknown as RefreshedDatabaseArgs;
    const { request: madeBy = "", expiresOn = "" } = request.maskedCopy ?? {};
    const own = { ...this.olderTags, [copyTagKeys.request]: madeBy, [copyTagKeys.expiresOn]: expiresOn };
    const tags = Object.entries(own).map(([Key, Value]) => ({ Key, Value }));
    const found = this.cloud.instances.get(this.target);
    if (request.restoreFrom && !found) this.mark = this.olderMark;
    if (!this.cloud.stacks.has(stackName))
      await this.cloud.change(`${stackName} is created`, () => this.cloud.stacks.set(stackName, new Set()));
    if (!found)
      await this.cloud.change(`${this.target} is created`, () =>
        this.cloud.add(this.target, {
          ...{ DBInstanceStatus: "available", TagList: tags, MasterUserSecret: { SecretArn: "arn:master" } },
        }),
      );
    else if (canonicalJson(found.described.TagList) !== canonicalJson(tags))
      await this.cloud.change(`${this.target} is tagged`, () => (found.described.TagList = tags));
    this.cloud.stacks.get(stackName)!.add(this.target);
  }

  /** In place of `targets/masked-copy/target-database`: what nobody sees may be filled twice. */
  readonly database = {
    make: async (): Promise<void> => {
      const made = { isFilled: false, isDisarmed: false };
      if (this.hidden) this.hidden = { ...made, isFilled: this.hidden.isFilled };
      else await this.cloud.change("a database that nobody sees is made", () => (this.hidden = made));
    },
    fill: async (): Promise<void> => {
      if (!this.hidden!.isFilled) await this.cloud.change("it is filled", () => (this.hidden!.isFilled = true));
    },
    disarm: async (): Promise<void> => {
      if (!this.hidden!.isDisarmed) await this.cloud.change("it is disarmed", () => (this.hidden!.isDisarmed = true));
    },
    swap: async (mark: string): Promise<void> => {
      if (this.mark !== mark)
        await this.cloud.change("it is handed over", () => {
          this.mark = mark;
          this.hidden = undefined;
        });
    },
    markLeaking: async (): Promise<void> => {
      if (!this.leaks) await this.cloud.change("it is known to leak", () => (this.leaks = true));
    },
    markHandedOver: async (mark: string): Promise<void> => {
      if (this.mark !== mark) await this.cloud.change("it is handed over", () => (this.mark = mark));
    },
    isLeaking: (): boolean => this.leaks,
    isHandedOver: (mark: string): boolean => this.mark === mark,
    drop: async (): Promise<void> => {
      if (this.hidden) await this.cloud.change("what nobody sees is dropped", () => (this.hidden = undefined));
    },
  };

  readonly state: CopyState = { transaction: "700", rows: 3, definitions: { view: "0".repeat(64) } };
  differences = (): CopyDifferences => ({ rows: 3, written: this.written, definitions: [] });
  validation = (): CopyValidation => ({
    ...{ tables: 1, rows: 3, objects: 5, differingCounts: this.differingCounts, missing: [], unexpected: [] },
    ...{ sequencesBehind: [], unanalysed: [] },
  });
  report = (): LeakReport => ({
    searched: { values: 3, columns: 1, definitions: 4, bytes: 100, rawFiles: "not reachable" },
    ...{ leftOut: [], chance: [], hits: this.hits },
  });
}
