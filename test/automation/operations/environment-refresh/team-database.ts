/** A copy in a database that a team has declared, in the cloud of environment-refresh.engine.test.ts. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import type { Run } from "../../../../automation/records";
import type { AwsClients } from "../../../../automation/targets/aws-access";
import { askFleet } from "../../../../automation/targets/fleet";
import { database } from "../../../../stacks/database";
import { loggedIn, type Query } from "../../../components/database-login";
import { detected, findingsIn, good, inBrief } from "./ended-runs";
import { roles, type Refreshes } from "./refreshes";
import { profile, REAL } from "./source-content";

const own = "orders-development";
const stackName = `database.${own}`;

export function teamDatabaseTests(of: () => Refreshes): void {
  describe("a database that a team has declared in a stack of ours", () => {
    const environment = "development";
    const file = `Pulumi.${stackName}.yaml`;
    const folder = (name: string) => join(of().engine.cloud.dataFolder, name);
    const inWorkspace = async () => {
      const [workDir, settings] = [folder("program"), { projectName: "shipshape", stackName }];
      const program = () => Promise.resolve(database());
      const made = { workDir, envVars: of().engine.cloud.env };
      return LocalWorkspace.createOrSelectStack({ ...settings, program }, made);
    };
    const config = () => readFileSync(join(folder("repository"), file), "utf8");
    /** As people commit it now. */
    async function bringUp(text: string): Promise<void> {
      for (const name of ["repository", "program"]) writeFileSync(join(folder(name), file), text);
      const by = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"];
      of().commands.git("add", file);
      of().commands.git(...by, "commit", "--message", "Ours");
      await (await inWorkspace()).up();
    }
    async function changes(): Promise<unknown> {
      writeFileSync(join(folder("program"), file), config());
      return (await (await inWorkspace()).preview({ refresh: true })).changeSummary;
    }
    const by = <T>(url: string, work: (query: Query) => Promise<T>) => loggedIn(of().engine.cloud, url, work);
    /** Each by the address that its role had before, both logins of the role that is being rotated among them. */
    const urls: Record<string, string> = {};
    const refused = async (url: string, sql: string) =>
      expect(await by(url, (query) => query(sql).catch((error: Error) => error.message))).toMatch(/permission denied/);
    /** What roles.ts says: also of what the owner makes now. */
    async function expectRolesToWork(): Promise<void> {
      expect(await Promise.all(roles.map((role) => of().urlOf(environment, role)))).toEqual(
        roles.map((role) => urls[role]),
      );
      await by(urls.owner!, (query) =>
        query("create table orders.made (id int generated always as identity, note text); create schema made_too"),
      );
      for (const url of [urls.readwrite!, urls.before!])
        await by(url, (query) =>
          query("insert into orders.made (note) values ('mine'); delete from orders.made where id > 1"),
        );
      expect(await by(urls.readonly!, (query) => query("select note from orders.made"))).toEqual([{ note: "mine" }]);
      await refused(urls.readonly!, "insert into orders.made (note) values ('no')");
      await refused(urls.monitoring!, "select note from orders.made");
      await refused(urls.shipshape!, "select note from orders.made");
      expect(
        await by(urls.monitoring!, (query) => query("select count(*) > 0 as some from pg_stat_statements")),
      ).toEqual([{ some: true }]);
      await by(urls.owner!, (query) => query("drop table orders.made; drop schema made_too"));
    }
    async function expectNoDrift(): Promise<void> {
      expect(await changes()).toEqual({ same: expect.any(Number) as number });
      expect(await detected(of().commands, own)).toEqual({ verdict: "pass", failed: [] });
    }

    let withoutTeams = "";
    beforeAll(async () => {
      const ofSource = readFileSync(join(folder("repository"), "Pulumi.database.orders-production.yaml"), "utf8");
      // Of another team: both have a say in a copy that takes its place.
      await bringUp(ofSource.replace("production", environment).replace('"team-orders"', '"team-web"'));
      const { SHIPSHAPE_CONFIGURATION_FILE: configuration = "" } = of().commands.env;
      withoutTeams = readFileSync(configuration, "utf8");
      appendFileSync(configuration, "teams:\n  team-orders: [os:ben]\n  team-web: [os:cleo]\n");
      urls.before = await of().urlOf(environment, "readwrite");
      await bringUp(`${config()}  shipshape:rotation:\n    ${own}:\n      readwrite:\n        generation: 1\n`);
      for (const role of roles) urls[role] = await of().urlOf(environment, role);
      expect(urls.readwrite).not.toBe(urls.before);
      await by(urls.owner!, (query) => query("create table orders.old (id int); insert into orders.old values (1)"));
    }, 300_000);
    afterAll(() => writeFileSync(of().commands.env["SHIPSHAPE_CONFIGURATION_FILE"]!, withoutTeams));

    const approved = async (id: string, principal: string) => {
      const { planDigest: plan = "" } = await of().controlPlane.run(id);
      await of().controlPlane.approve(id, { principal, plan, comment: "as agreed" });
    };
    const openFindings = () => findingsIn(of().engine.cloud.env.SHIPSHAPE_DATABASE_URL!, leaked.requestId);
    let leaked: Run;
    test("a copy with a real value in it, which both teams have approved, leaves the database with the content that it had; one team alone does not begin it", async () => {
      const leaking = profile.replace("note: { use: free-text }", "note: { keep: nobody writes a name there }");
      of().write(leaking.replace("name: { use: name }", "name: { use: constant, with: { value: somebody } }"));
      const id = await of().requested(environment, 14, "--target", own);
      await of().withWorker(() => of().planned(id));
      await approved(id, "ben");
      await expect(approved(id, "ben")).rejects.toMatchObject({
        code: expect.stringMatching(/^approval-/) as string,
      });
      expect(await of().controlPlane.run(id)).toMatchObject({ status: "waiting" });
      await approved(id, "cleo");
      leaked = await of().withWorker(() => of().over(id));
      of().write(profile);
      expect(leaked).toMatchObject({ status: "succeeded", verdict: "fail", cleanUp: "done", cleanUpError: undefined });
      const failed = leaked.checks.filter(({ verdict }) => verdict === "fail");
      expect(failed.map(({ name }) => name)).toEqual(["no-leak-is-found", "copy-is-handed-over"]);
      expect(failed[1]!.explanation).toContain("Only its team removes that");
      expect(JSON.stringify(leaked)).not.toContain(REAL);
      expect(await by(urls.readonly!, (query) => query("select id from orders.old"))).toEqual([{ id: 1 }]);
      expect(
        await by(urls.owner!, (query) => query("select datname from pg_database where datname ~ 'shipshape_'")),
      ).toEqual([]);
      expect(await of().instances()).toContain(own);
      expect(await openFindings()).toEqual([`${leaked.requestId}.lasting`]);
    }, 600_000);

    let run: Run;
    test("a copy takes the place of its content, although workers are killed at the swap and at the change of its stack: each role works by its old address, and nothing differs from its stack", async () => {
      const id = await of().requested(environment, 14, "--target", own);
      const { plan } = await of().withWorker(() => of().planned(id));
      expect(plan?.text).toMatch(
        /What is in the database orders of orders-development today, 1 tables with .* is lost for good/,
      );
      await approved(id, "cleo");
      run = await of().carriedOut(id, "in hand over", "in commit the change", "in bring the stack up");
      expect(inBrief(run)).toEqual(good);
      const customers = async (url: string) => by(url, (query) => query("select * from orders.customer"));
      const [rows, real] = [
        await customers(urls.readonly!),
        await customers(await of().urlOf("production", "readonly")),
      ];
      expect(real.length).toBeGreaterThanOrEqual(500);
      expect(rows).toHaveLength(real.length);
      expect(JSON.stringify(rows)).not.toContain(REAL);
      expect(await by(urls.readonly!, (query) => query("select to_regclass('orders.old') as old"))).toEqual([
        { old: null },
      ]);
      // That storage is no cleaner for it.
      expect(await openFindings()).toEqual([`${leaked.requestId}.lasting`]);
      await expectRolesToWork();
      expect(config()).toMatch(new RegExp(`    maskedCopy:\\n(      .*\\n)*      request: ${id}\\n`));
      await expectNoDrift();
    }, 900_000);

    test("a copy in a database of a team is neither extended nor copied: each refusal says that it is a copy, and whose, and what keeps one there", async () => {
      const whose = `it is a copy in shipshape/${stackName}, the stack of a team`;
      const planned = async (operation: string, ...words: string[]) => {
        const asked = ["request", operation, ...words, "--reason", "a test", "--plan-only"];
        return (
          await of()
            .commands.of(operation)
            .shipshape("", ...asked).ended
        ).stderr;
      };
      const extension = await planned("refresh-extension", "--database", own, "--retention-days", "20");
      expect(extension).toContain(`${whose}: another refresh with \`--target ${own}\` keeps one there for longer`);
      const another = ["--database", "orders-production", "--environment", "staging", "--retention-days", "7"];
      expect(await planned("environment-refresh", ...another, "--from-copy", own)).toContain(whose);
    }, 300_000);

    test("once the copy has expired, the schedule has an empty database take its place: each role works by its old address, the instance stays, and nothing differs from its stack", async () => {
      const expiresOn = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
      await bringUp(config().replace(/expiresOn: .*/, `expiresOn: "${expiresOn}"`));
      const fleet = await askFleet({ rds: of().engine.cloud.rds } as AwsClients);
      const stacks = { workspacesFolder: of().engine.cloud.dataFolder, environment: of().engine.cloud.env };
      const due = await of().controlPlane.submitDueRemovals(fleet, { now: new Date(), stacks, requestedBy: "ana" });
      expect(due).toMatchObject([{ identifier: own, expiredOn: expiresOn }]);
      const removing = of().commands.of("refresh-removal");
      for (const moment of ["in swap in an empty database", "in commit the change"])
        expect(await removing.shipshape(moment, "worker").ended).toMatchObject({ signal: "SIGKILL" });
      const removal = await of().withWorker(() => of().over(due[0]!.requestId), removing);
      expect(inBrief(removal)).toEqual({ ...good, cleanUp: "none" });
      expect(removal.checks[0]!.explanation).toContain("its storage keeps freed blocks of masked data");
      expect(await of().instances()).toContain(own);
      expect(config()).not.toContain("maskedCopy");
      expect(await by(urls.readonly!, (query) => query("select to_regclass('orders.customer') as copy"))).toEqual([
        { copy: null },
      ]);
      await expectRolesToWork();
      await expectNoDrift();
    }, 900_000);
  });
}
