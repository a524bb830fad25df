export const defaultRegion = "eu-central-1";

/** @param kind RDS's resource type in ARNs: `db`, `pg`, `subgrp`, `es`, `snapshot`, `og`. */
export function rdsArn(accountId: string, region: string, kind: RdsArnKind, name: string): string {
  return `arn:aws:rds:${region}:${accountId}:${kind}:${name}`;
}

export type RdsArnKind = "db" | "pg" | "subgrp" | "es" | "snapshot" | "deployment";

export interface ParsedRdsArn {
  region: string;
  accountId: string;
  kind: string;
  name: string;
}

export function parseRdsArn(arn: string): ParsedRdsArn | undefined {
  const match = /^arn:aws:rds:([a-z0-9-]+):(\d{12}):([a-z-]+):(.+)$/.exec(arn);
  return match ? { region: match[1]!, accountId: match[2]!, kind: match[3]!, name: match[4]! } : undefined;
}
