import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { quoted } from "./configuration";
import type { PostgresServerSettings } from "./server-types";
import { writeServerFile } from "./server-files";
import type { ServerUser } from "./server-user";

/**
 * Writes how a standby reaches its source; removes that from a server that follows none any more. `standby.signal` is
 * not written here: it is made with the standby, and PostgreSQL removes it at the promotion, which is final.
 */
export async function writeFollowing(
  settings: PostgresServerSettings,
  folders: { dataFolder: string; tlsFolder: string },
  user: ServerUser,
): Promise<void> {
  const file = join(folders.dataFolder, "conf.d", "95-replica.conf");
  const { passwordFile, authority } = sourceFiles(folders.tlsFolder);
  const { follows } = settings;
  if (!follows) {
    for (const path of [file, passwordFile, authority]) await rm(path, { force: true });
    return;
  }
  await writeServerFile({ path: passwordFile, content: `127.0.0.1:*:*:rdsrepladmin:${follows.password}\n` }, user);
  const certificate = await readFile(join(settings.identity.caFolder, "ca.pem"), "utf8");
  await writeServerFile({ path: authority, content: certificate }, user);
  const asStandby: Record<string, string> = {
    primary_conninfo: connectionOf({ ...follows, tlsFolder: folders.tlsFolder }),
    primary_slot_name: follows.slot,
    recovery_target_timeline: "latest",
    hot_standby: "on",
    // Long queries on the replica are not cancelled by what its source removes; RDS recommends it, we set it.
    hot_standby_feedback: "on",
  };
  const values = {
    ...(follows.isLogical ? {} : asStandby),
    // Default 5 s: so long the replica would stay behind after each restart of its source.
    wal_retrieve_retry_interval: "200ms",
  };
  const lines = Object.entries(values).map(([name, value]) => `${name} = ${quoted(value)}\n`);
  await writeServerFile({ path: file, content: `# How this server follows its source.\n${lines.join("")}` }, user);
}

const sourceFiles = (tlsFolder: string) => ({
  // In a file of its own: a role that may read all settings would otherwise see the password in primary_conninfo.
  passwordFile: join(tlsFolder, "replication-password"),
  // A copy: the server's user may not be able to enter the folder of the authority.
  authority: join(tlsFolder, "source-ca.pem"),
});

/** How a server logs in to its source, in libpq's words; with a database, for logical replication. */
export function connectionOf(source: { tlsFolder: string; port: number; name: string; database?: string }): string {
  const { passwordFile, authority } = sourceFiles(source.tlsFolder);
  const connection = {
    host: "127.0.0.1",
    port: String(source.port),
    user: "rdsrepladmin",
    passfile: passwordFile,
    sslmode: "verify-full",
    sslrootcert: authority,
    application_name: source.name,
    connect_timeout: "5",
    ...(source.database !== undefined && { dbname: source.database }),
  };
  return Object.entries(connection)
    .map(([name, value]) => `${name}='${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`)
    .join(" ");
}
