/** Snapshots of a cloud in memory. Those of a patch or of a copy are taken by it; any other is there. */
import {
  DBSnapshotAlreadyExistsFault,
  DBSnapshotNotFoundFault,
  type DBInstance,
  type DBSnapshot,
  type Tag,
} from "@aws-sdk/client-rds";

interface Input {
  DBInstanceIdentifier?: string;
  DBSnapshotIdentifier?: string;
  Tags?: Tag[];
}

const ofRuns = /^shipshape-(patch|copy)-/;

export class MemorySnapshots {
  private readonly taken = new Map<string, { of: string; tags: Tag[] }>();

  constructor(
    private readonly cloud: {
      readonly source: string;
      readonly instances: Map<string, { described: DBInstance }>;
      change(what: string, apply: () => void): Promise<void>;
    },
    private readonly createdAt: Date,
  ) {}

  /** Those of a patch stay for a while. */
  left = (): string[] => [...this.taken.keys()].filter((name) => name.startsWith("shipshape-copy-"));

  async take({ DBInstanceIdentifier: of = "", DBSnapshotIdentifier: name = "", Tags = [] }: Input): Promise<object> {
    if (this.taken.has(name)) throw new DBSnapshotAlreadyExistsFault({ message: name, $metadata: {} });
    await this.cloud.change("a snapshot is taken", () => this.taken.set(name, { of, tags: Tags }));
    return {};
  }

  async delete({ DBSnapshotIdentifier: name = "" }: Input): Promise<object> {
    if (!this.taken.has(name)) throw new DBSnapshotNotFoundFault({ message: name, $metadata: {} });
    await this.cloud.change("a snapshot is deleted", () => this.taken.delete(name));
    return {};
  }

  described(identifier: string | undefined): DBSnapshot[] {
    if (!identifier || (ofRuns.test(identifier) && !this.taken.has(identifier))) return [];
    const { of = this.cloud.source, tags = [] } = this.taken.get(identifier) ?? {};
    const { DbiResourceId, EngineVersion } = this.cloud.instances.get(of)!.described;
    return [
      {
        DBSnapshotIdentifier: identifier,
        DBSnapshotArn: `arn:${identifier}`,
        SnapshotCreateTime: this.createdAt,
        ...{ DbiResourceId, EngineVersion, Status: "available", Encrypted: true, TagList: tags },
      },
    ];
  }
}
