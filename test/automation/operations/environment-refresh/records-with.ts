import { Client } from "pg";

/** The tables of the control plane, those of its durable engine included, that contain a text. */
export async function recordsWith(databaseUrl: string, value: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema)'",
    );
    expect(rows.length).toBeGreaterThan(20);
    const found = [];
    for (const { name } of rows)
      if ((await client.query(`select from ${name} t where strpos(t::text, $1) > 0 limit 1`, [value])).rows.length > 0)
        found.push(name);
    return found;
  } finally {
    await client.end();
  }
}
