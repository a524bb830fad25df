import { join } from "node:path";
import { ownUser } from "./server-user";
import type { ServerFile } from "./server-files";

/** Who may connect, and how: pg_hba.conf and pg_ident.conf. First match counts. */
export function authenticationFiles(
  dataFolder: string,
  rules: { masterUsername: string; forceSsl: boolean; scramOnly: boolean; publishes: boolean },
): ServerFile[] {
  // md5 accepts passwords stored either way, each with its own exchange.
  const method = rules.scramOnly ? "scram-sha-256" : "md5";
  const encrypted = rules.forceSsl ? "hostssl" : "host";
  const records = [
    "# rdsadmin: over the socket, whose folder only its owner can access, and only as the user who manages this server.",
    "local   all,replication  rdsadmin  peer map=rds",
    "host    all,replication  rdsadmin  all  reject",
    "# rdsrepladmin: the role of read replicas, which may stream and nothing else.",
    "hostssl replication      rdsrepladmin  127.0.0.1/32  scram-sha-256",
    ...(rules.publishes ? ["hostssl all              rdsrepladmin  127.0.0.1/32  scram-sha-256"] : []),
    "host    all,replication  rdsrepladmin  all  reject",
    "host    rdsadmin         all       all  reject",
    "# The master may grant rds_iam, which makes it a member; IAM database tokens do not exist here, so members are rejected.",
    `${encrypted}    all  ${quote(rules.masterUsername)}  all  ${method}`,
    "host    all              +rds_iam  all  reject",
    `${encrypted}    all  all  all  ${method}`,
  ];
  return [
    { path: join(dataFolder, "pg_hba.conf"), content: `${records.join("\n")}\n` },
    { path: join(dataFolder, "pg_ident.conf"), content: `rds  ${quote(ownUser().name)}  rdsadmin\n` },
  ];
}

/** A quoted name is only a name: never `all`, never a group. */
function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
