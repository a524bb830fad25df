import type { Client } from "pg";

export interface PageChecksums {
  enabled: boolean;
  /** Pages whose checksum was wrong when they were read, since the statistics of each database began. */
  failures: number;
}

/** Whether the server keeps a checksum on each page, so that a damaged one is noticed when it is read or backed up. */
export async function readPageChecksums(client: Client): Promise<PageChecksums> {
  const { rows } = await client.query<{ setting: string; failures: string }>(
    `select current_setting('data_checksums') as setting, coalesce(sum(checksum_failures), 0)::text as failures
     from pg_stat_database`,
  );
  return { enabled: rows[0]?.setting === "on", failures: Number(rows[0]?.failures) };
}
