import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { CreateSecretCommand, ResourceExistsException } from "@aws-sdk/client-secrets-manager";
import { parse, stringify } from "yaml";
import { randomBytes } from "node:crypto";
import { type Chapter, databaseIdentifier, type Scene } from "./chapter";
import { measureCopies } from "./copy-ratio";
import { DemoError } from "./errors";
import { as, keyOf } from "./people";
import { shipshape } from "./shipshape";

const copyIdentifier = "orders-staging";
const keySecret = "masking/orders";
const customers = 50_000;
const look = "select id, name, email, phone, born from orders.customer order by id limit 4";

export const refresh: Chapter = {
  name: "refresh",
  title: "A masked copy for staging",
  async run(scene) {
    const { stage } = scene;
    stage.say(
      "Staging needs data like production's, and nobody's name. A masking profile says, column by column, what a copy may contain; what it does not name is refused.",
    );
    await makeCustomers(scene);
    const folder = await writeProfile(scene);
    const id = await refreshed(scene, folder);
    stage.line();
    stage.say("Production and staging, side by side: the same customers, and not one real value.");
    const before = await rows(scene, databaseIdentifier);
    const after = await rows(scene, copyIdentifier);
    const real = before.flatMap((line) => /\S+@\S+/.exec(line) ?? []);
    const leaked = real.filter((address) => after.join("\n").includes(address));
    if (real.length === 0 || leaked.length > 0) unexpected("masked addresses in staging", leaked.join(", "));
    await showEvidence(scene, id);
    await showRatio(scene, folder);
  },
};

/** Names of which each occurs often, addresses made of them, and texts that quote them: as customers are. */
const content = `
create table if not exists orders.customer (id int generated always as identity primary key, name text not null, email text not null unique, phone text, born date, note text);
insert into orders.customer (name, email, phone, born, note)
select n.name, lower(replace(n.name, ' ', '.')) || i || '@mail.example.org', '+49 30 ' || (1000000 + i * 37), date '1950-01-01' + (i * 97) % 20000,
  case when i % 10 = 0 then n.name || ' asked to be called back' end
from generate_series(1, ${customers}) i cross join lateral (select (array['Anna','Ben','Clara','David','Emma','Felix','Greta','Hugo','Ida','Jonas'])[1 + i % 10] || ' '
  || (array['Schmidt','Meyer','Fischer','Weber','Wagner','Becker','Hoffmann','Koch','Richter'])[1 + i % 9] as name) n
where not exists (select from orders.customer)`;

async function makeCustomers(scene: Scene): Promise<void> {
  const words = (sql: string) => ["local", "psql", databaseIdentifier, "--role", "owner", "-c", sql];
  for (const sql of content.split(";")) await shipshape(scene, "refresh", words(sql.trim()));
  scene.stage.good(`orders.customer has ${customers.toLocaleString("en")} customers`);
}

/** A draft, with the decisions that only people can make. */
async function writeProfile(scene: Scene): Promise<string> {
  const { stage, settings, clients } = scene;
  const folder = join(settings.dataFolder, "demo", "masking");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${databaseIdentifier}.masking.yaml`);
  const shown = relative(settings.packageFolder, file);
  stage.command(`npx shipshape masking draft ${databaseIdentifier} --output ${shown}`);
  const draft = join(folder, `draft-${Date.now()}.masking.yaml`);
  await shipshape(scene, "refresh", ["masking", "draft", databaseIdentifier, "--output", draft, "--json"]);
  writeFileSync(file, decided(parse(readFileSync(draft, "utf8")) as Draft));
  stage.say("People decide what the draft could not, and read the rest. For the table of customers:");
  const { tables } = parse(readFileSync(file, "utf8")) as Draft;
  stage.result(stringify(tables["orders.customer"]?.columns).trimEnd().split("\n"));
  await clients.secrets
    .send(new CreateSecretCommand({ Name: keySecret, SecretString: randomBytes(32).toString("base64") }))
    .catch((error: unknown) => {
      if (!(error instanceof ResourceExistsException)) throw error;
    });
  stage.command(`npx shipshape masking check ${shown} --database ${databaseIdentifier}`);
  stage.result(await shipshape(scene, "refresh", ["masking", "check", shown, "--database", databaseIdentifier]));
  return folder;
}

interface Draft {
  tables: Record<string, { columns?: Record<string, unknown>; empty?: true }>;
  definitions?: Record<string, object>;
}

/** The table of customers is masked; of others, which chapters of the demo have made, no row is copied. */
function decided(draft: Draft): string {
  const others = Object.keys(draft.tables).map((table) => [table, { empty: true }] as const);
  const columns = {
    id: { keep: "a number that PostgreSQL counts" },
    name: { use: "name" },
    email: { use: "email" },
    phone: { use: "phone" },
    born: { use: "date-shift", with: { days: 90 }, perSubject: "id" },
    note: { use: "free-text" },
  };
  const definitions = Object.entries(draft.definitions ?? {}).map(
    ([id, rule]) => [id, "unclassified" in rule ? { keep: "it is read, and names nobody" } : rule] as const,
  );
  return stringify({
    ...draft,
    key: { secret: keySecret },
    tables: { ...Object.fromEntries(others), "orders.customer": { columns } },
    definitions: Object.fromEntries(definitions),
  });
}

/** Resolves to the request. */
async function refreshed(scene: Scene, folder: string): Promise<string> {
  const { stage } = scene;
  const reason = "release 42 is tested";
  const words = ["request", "environment-refresh", "--database", databaseIdentifier, "--environment", "staging"];
  const all = [...words, "--retention-days", "14", "--reason", reason];
  stage.command(`${as("alice")} npx shipshape ${all.slice(0, -1).join(" ")} "${reason}"`);
  const asked = await shipshape(scene, "refresh", all, { environment: keyOf(scene, "alice") });
  const id = /^request (\S+) is queued/.exec(asked[0] ?? "")?.[1] ?? unexpected("a request with an id", asked[0]);
  await work(scene, folder);
  const shown = await shipshape(scene, "refresh", ["show", id]);
  const digest = /^plan ([0-9a-f]{12})/m.exec(shown.join("\n"))?.[1] ?? unexpected("a plan to approve", shown[1]);
  stage.say("The team that owns the data approves: by digest, of profile and schema as they are.");
  stage.command(`${as("ben")} npx shipshape approve ${id} --plan ${digest} --comment "as agreed"`);
  const approval = ["approve", id, "--plan", digest, "--comment", "as agreed"];
  stage.result(await shipshape(scene, "refresh", approval, { environment: keyOf(scene, "ben") }));
  await work(scene, folder);
  return id;
}

async function showEvidence(scene: Scene, id: string): Promise<void> {
  const { stage } = scene;
  stage.command(`npx shipshape show ${id}`);
  const lines = await shipshape(scene, "refresh", ["show", id]);
  const first = lines.findIndex((line) => /no-leak-is-found/.test(line));
  const next = lines.findIndex((line) => /copy-is-handed-over/.test(line));
  if (first < 0 || next < first) unexpected("a search for leaks", lines.join("; "));
  stage.result(lines.slice(first, next));
  stage.say("In 14 days it is removed: `npx shipshape schedule --run` requests that, and no approval is needed.");
}

/** A fact of this machine at this moment, with what makes it vary. */
async function showRatio(scene: Scene, folder: string): Promise<void> {
  const profile = readFileSync(join(folder, `${databaseIdentifier}.masking.yaml`), "utf8");
  const { rows, masked, unmasked, ratio, lowest, highest } = await measureCopies(scene, "orders.customer", profile);
  const [fast, plain] = [masked, unmasked].map((rate) => (Math.round(rate / 1000) * 1000).toLocaleString("en"));
  scene.stage.line();
  scene.stage.say(
    `Masking costs time: ${rows.toLocaleString("en")} rows of customers were copied at ${fast} a second, with nothing masked at ${plain}: ${ratio.toFixed(2)} times as fast (three turns: ${lowest.toFixed(2)} to ${highest.toFixed(2)}; on one server, with the start of the threads, beside whatever else this machine does). docs/benchmarks.md has 2 million rows.`,
  );
}

async function rows(scene: Scene, identifier: string): Promise<string[]> {
  scene.stage.command(`npx shipshape local psql ${identifier} --role readonly -c "${look}"`);
  const lines = await shipshape(scene, "refresh", ["local", "psql", identifier, "--role", "readonly", "-c", look]);
  scene.stage.result(lines);
  return lines;
}

/** A worker that has the profiles, until it has nothing to do. */
async function work(scene: Scene, folder: string): Promise<void> {
  scene.stage.command("npx shipshape worker --until-idle");
  await shipshape(scene, "refresh", ["worker", "--until-idle", "--json"], {
    environment: { SHIPSHAPE_MASKING: folder },
  });
}

function unexpected(expected: string, found: string | undefined): never {
  const remedy = "`npm run demo -- database refresh` tries again";
  throw new DemoError("demo-expectation-failed", { expected, found: found ?? "nothing", remedy });
}
