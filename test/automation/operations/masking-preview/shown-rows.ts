/** A preview on real servers, in the cloud of environment-refresh.engine.test.ts. */
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { Client } from "pg";
import type { ControlPlane } from "../../../../automation/control-plane";
import type { Run } from "../../../../automation/records";
import type { Engine } from "../../../components/engine";
import { until } from "../../../until";
import type { Commands } from "../disturbed-commands";
import { idOf } from "../environment-refresh/ended-runs";
import { recordsWith } from "../environment-refresh/records-with";
import { identifier, profile, REAL } from "../environment-refresh/source-content";

/** What the tests of refreshes have. */
interface Refreshes {
  engine: Engine;
  commands: Commands;
  controlPlane: ControlPlane;
  masking: string;
  planned(id: string): Promise<Run>;
  over(id: string): Promise<Run>;
  withWorker<T>(work: () => Promise<T>, of?: Commands): Promise<T>;
  instances(): Promise<(string | undefined)[]>;
}

interface Shown {
  request: string;
  tables: { table: string; kept: string[]; rows: { column: string; before: string; after: string }[][] }[];
}

export function maskingPreviewTests(of: () => Refreshes): void {
  describe("a masking preview", () => {
    const operation = "masking-preview";
    const file = () => join(of().masking, "previewed.masking.yaml");
    const previewing = () => of().commands.of(operation);
    const look = (...words: string[]) => previewing().shipshape("", "masking", "preview", file(), ...words).ended;
    const requested = () =>
      idOf(previewing(), "request", operation, "--database", identifier, "--reason", "a test", "--json");
    /** What a person could do who writes to the control plane's database. */
    async function forged<T>(id: string, staging: string, work: () => Promise<T>): Promise<T> {
      const client = new Client({ connectionString: of().engine.cloud.env.SHIPSHAPE_DATABASE_URL });
      await client.connect();
      const set = (to: string) =>
        client.query(
          "update run set plan = jsonb_set(plan, '{throwaway,identifier}', to_jsonb($2::text)) where request_id = $1",
          [id, to],
        );
      try {
        await set(identifier);
        return await work();
      } finally {
        await set(staging);
        await client.end();
      }
    }

    test("once it is approved, its requester sees rows before and after masking, by the profile as it is edited; who saw which tables is sealed, no record has a value, and nothing is left", async () => {
      writeFileSync(file(), profile);
      expect((await look()).stderr).toContain("[preview-missing]");
      const id = await requested();
      await of().withWorker(async () => {
        const { planDigest: plan = "", plan: planned } = await of().planned(id);
        expect(planned?.text).toContain("REAL VALUES of orders-production");
        expect((await look("--request", id)).stderr).toContain("[preview-not-ready]");
        await of().controlPlane.approve(id, { principal: "ben", plan, comment: "as agreed" });
        await until("there are rows to look at", async () => {
          const run = await of().controlPlane.run(id);
          if (run.finishedAt) throw new Error(JSON.stringify(run.error));
          return run.steps["let a reader into the copy"]?.status === "done";
        });
        const { stdout, stderr } = await look("--json");
        if (stdout === "") throw new Error(stderr);
        const { request, tables } = JSON.parse(stdout) as Shown;
        expect(request).toBe(id);
        expect(tables.map(({ table, rows }) => [table, rows.length])).toEqual([
          ["orders.customer", 3],
          ["orders.document", 3],
          ["orders.hook", 1],
          ["orders.invoice", 3],
        ]);
        const [{ kept, rows }] = tables as [Shown["tables"][0]];
        expect(kept).toEqual(["id", "state"]);
        expect(rows[0]!.map(({ column }) => column)).toEqual(["name", "email", "born"]);
        for (const { before, after } of rows.flat()) expect(after).not.toBe(before);
        expect(rows[0]![0]!.before).toContain(REAL);
        expect(JSON.stringify(rows.flat().map(({ after }) => after))).not.toContain(REAL);

        writeFileSync(
          file(),
          profile.replace("name: { use: name }", "name: { use: constant, with: { value: nobody } }"),
        );
        const edited = await look("--table", "orders.customer", "--rows", "2");
        expect(edited.stdout).toMatch(/kept as they are: id, state\n {2}row 1\n {2}name .*REALqz.* → nobody\n/);
        expect(Math.max(...edited.stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
        expect(edited.stderr).toContain("it is recorded");
        expect((await look("--table", "orders.gone")).stderr).toContain("[preview-table-unknown]");

        const other = { by: "ben", operation, readyStep: "let a reader into the copy" };
        await expect(of().controlPlane.previewUnderWay(id, other)).rejects.toMatchObject({
          code: "preview-of-another",
        });
        const production = await forged(id, `staging-${id}`, () => look());
        expect(production).toMatchObject({ stdout: "", stderr: expect.stringContaining("[plan-altered]") as string });
        await previewing().shipshape("", "cancel", id).ended;
        expect((await look("--request", id)).stderr).toContain("[preview-over]");
        await of().over(id);
      }, previewing());
      const run = await of().controlPlane.run(id);
      expect(run).toMatchObject({ status: "cancelled", cleanUp: "done" });
      const report = await previewing().shipshape("", "evidence", "show", id, "--json").ended;
      expect(report.stdout.match(/rows that a person has seen/g)).toHaveLength(2);
      expect(report.stdout).toContain("orders.customer, orders.document, orders.hook, orders.invoice");
      expect(report.stdout).not.toContain(REAL);
      expect(await recordsWith(of().engine.cloud.env.SHIPSHAPE_DATABASE_URL!, REAL)).toEqual([]);
      expect(await of().instances()).not.toContain(`staging-${id}`);
    }, 600_000);
  });
}
