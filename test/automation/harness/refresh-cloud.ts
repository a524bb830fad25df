/** What refreshes are tried on: a declared source with a masking profile, and its copy in `staging`. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { CreateSecretCommand, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { openDatabase, type ControlPlaneDatabase } from "../../../automation/database";
import type { Run } from "../../../automation/records";
import { loggedIn, type Query } from "../../components/database-login";
import { DrillCloud, isOver } from "../drill-cloud";
import { identifier, OwnStack } from "../operations/own-stack";

export const copy = "orders-staging";
/** In every real value, and nowhere else. */
const REAL = "zq7REALqz";
const customers = 500;

const content = `
create table customer (id int generated always as identity primary key, name text not null, email text unique);
insert into customer (name, email) select '${REAL} ' || i, '${REAL}' || i || '@example.com' from generate_series(1, ${customers}) i`;

const profile = `version: 1
source: ${identifier}
key: { secret: masking/orders }
tables:
  orders.customer:
    columns: { id: { keep: a number that PostgreSQL counts }, name: { use: name }, email: { use: email } }
definitions:
  comment on extension amcheck: { drop: true }
disarm:
  - { sql: "update orders.customer set id = default where false", reason: it can be repeated }
`;

export class RefreshCloud extends DrillCloud {
  private constructor(
    private readonly own: OwnStack,
    database: ControlPlaneDatabase,
  ) {
    super(own.engine.cloud, database, own.commands.env, "");
  }

  static override async start(): Promise<RefreshCloud> {
    const own = await OwnStack.start("environment-refresh", []);
    const { env, dataFolder, secrets } = own.engine.cloud;
    try {
      const masking = join(dataFolder, "masking");
      mkdirSync(masking);
      writeFileSync(join(masking, `${identifier}.masking.yaml`), profile);
      Object.assign(own.commands.env, { SHIPSHAPE_PLATFORM_STACK: "platform.test", SHIPSHAPE_MASKING: masking });
      const key = { Name: "masking/orders", SecretString: "a key of thirty-two characters!!x" };
      await secrets.send(new CreateSecretCommand(key));
      await loggedIn(own.engine.cloud, await own.urlOf("owner"), (query) => query(content));
      return new RefreshCloud(own, await openDatabase(env.SHIPSHAPE_DATABASE_URL!));
    } catch (error) {
      await own.stop();
      throw error;
    }
  }

  override async stop(): Promise<void> {
    await this.database.close();
    await this.own.stop();
  }

  /** Approved, unless the step is before that; where one is disturbed, the target has an older copy. */
  override async trialOf(operation: string, database: string, step?: string): Promise<string> {
    if (step !== undefined) await this.requireOlderCopy(operation, database);
    if (step !== undefined && isInPreparation(step)) return this.requested(operation, database);
    const [id] = await this.approvedTogether(operation, database, 1);
    return id!;
  }

  private requested = (operation: string, database: string): Promise<string> =>
    this.requestOf(operation, database, "--environment", "staging", "--retention-days", "14");

  async requireOlderCopy(operation: string, database: string): Promise<void> {
    if ((await this.statusOf(copy)) !== undefined) return;
    const id = await this.trialOf(operation, database);
    const worker = this.startWorker();
    await this.over(id);
    await worker.end("SIGTERM");
  }

  /** So many. Not while a worker runs: it would begin at once, and may come past a step that is tried. */
  async approvedTogether(operation: string, database: string, count: number): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < count) ids.push(await this.requested(operation, database));
    const worker = this.startWorker();
    for (const id of ids) await this.until(`${id} is planned`, async () => isWaiting(await this.run(id)));
    await worker.end("SIGTERM");
    for (const id of ids) await this.approvedOnce(id);
    return ids;
  }

  /** The end of a run that is approved again whenever it is planned again. */
  async decidedAgain(id: string): Promise<Run> {
    for (let plans = 1; ; plans++) {
      const isPlannedAgain = ({ status, preparation }: Run) => status === "waiting" && preparation > plans;
      await this.until(`${id} is over or planned again`, async () => {
        const run = await this.run(id);
        return isOver(run) || isPlannedAgain(run);
      });
      if (isOver(await this.run(id))) return this.run(id);
      await this.own.approve(id);
    }
  }

  private readonly approvals = new Map<string, Promise<unknown>>();
  private approvedOnce(id: string): Promise<unknown> {
    const approved = async () => {
      await this.until(`${id} is planned`, async () => isWaiting(await this.run(id)));
      if (!(await this.run(id)).finishedAt) await this.own.approve(id);
    };
    const approval = this.approvals.get(id) ?? approved();
    this.approvals.set(id, approval);
    return approval;
  }

  override async over(id: string): Promise<Run> {
    await this.approvedOnce(id);
    return super.over(id);
  }

  override restoredAs = (id: string): string => `staging-${id}`;

  /** A refresh writes none. */
  protected override markersIn = (): Promise<string[]> => Promise.resolve([]);

  /** The copy is whole, nobody sees another one, and nothing else is there. */
  override async leftovers(): ReturnType<DrillCloud["leftovers"]> {
    const left = await super.leftovers();
    const { DBInstances = [] } = await this.cloud.rds.send(new DescribeDBInstancesCommand({}));
    const databases = DBInstances.map((one) => one.DBInstanceIdentifier ?? "").filter(
      (one) => one !== identifier && one !== copy,
    );
    if (DBInstances.some((one) => one.DBInstanceIdentifier === copy)) {
      const SecretId = "shipshape/orders/staging/orders/owner";
      const { SecretString = "" } = await this.cloud.secrets.send(new GetSecretValueCommand({ SecretId }));
      const { url } = JSON.parse(SecretString) as { url: string };
      databases.push(...(await loggedIn(this.cloud, url, halfMade)));
    }
    return { ...left, databases, files: [...stagingFiles(this.cloud.dataFolder)] };
  }
}

/** For people, or ended before it could. */
const isWaiting = ({ status, finishedAt }: Run): boolean => status === "waiting" || finishedAt !== undefined;

const isInPreparation = (step: string): boolean => step === "look at the source, the profile and the target";

async function halfMade(query: Query): Promise<string[]> {
  const [found] = (await query(
    `select count(*)::int as rows, count(*) filter (where name ~ '${REAL}' or email ~ '${REAL}')::int as real,
      (select string_agg(datname, ' ' order by datname) from pg_database where datname !~ '^(template|rdsadmin)') as databases
    from orders.customer`,
  )) as { rows: number; real: number; databases: string }[];
  const wanted = { rows: customers, real: 0, databases: "orders postgres" };
  return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [`${copy} ${JSON.stringify(found)}`];
}

/** Of staging, and locks of stacks. */
const stagingFiles = (dataFolder: string): string[] =>
  readdirSync(dataFolder, { recursive: true, encoding: "utf8" }).filter((path) =>
    /staging-\d{12}-[0-9a-f]{8}|\.pulumi\/locks\/.*\.json$/.test(path),
  );
