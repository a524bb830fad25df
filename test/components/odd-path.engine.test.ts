import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RestoreDBInstanceToPointInTimeCommand } from "@aws-sdk/client-rds";
import { StandardDatabase, type DatabaseRequest } from "../../components";
import { instanceIs } from "../cloud";
import { until } from "../until";
import { loggedIn } from "./database-login";
import { request } from "./declared";
import { startEngine, type Engine } from "./engine";

/**
 * A checkout may be in any folder: its path occurs in command lines, in PostgreSQL's own files, in backends' URLs and
 * in shells.
 */
const outer = realpathSync(mkdtempSync(join(tmpdir(), "shipshape-odd-")));
const dataFolder = join(outer, `it's 100% "odd" $(touch oops) #1?&;`);
let engine: Engine;
beforeAll(async () => {
  chmodSync(outer, 0o755);
  mkdirSync(dataFolder, { mode: 0o755 });
  engine = await startEngine({ dataFolder });
});
afterAll(async () => {
  await engine?.stop();
  rmSync(outer, { recursive: true, force: true });
});

test("a platform and a database with its roles are created in a folder whose path has quotes, spaces and every character special to a shell or a URL", async () => {
  const plain: DatabaseRequest = {
    ...request,
    environment: "development",
    tier: "bronze",
    engineVersion: "17.10",
    extensions: [],
  };
  const stack = await engine.stack("database.orders", async () => {
    const { connectionStrings } = new StandardDatabase("orders", { ...plain, platform: engine.platform });
    return { owner: connectionStrings.owner };
  });
  const { outputs } = await stack.up();
  expect(
    await loggedIn(engine.cloud, String(outputs.owner?.value), (query) => query("select current_user as name")),
  ).toEqual([{ name: "owner" }]);
  expect(Object.keys((await stack.preview()).changeSummary)).toEqual(["same"]);
});

test("a copy is restored from its backups there", async () => {
  const source = {
    SourceDBInstanceIdentifier: "orders-development",
    TargetDBInstanceIdentifier: "copy",
    UseLatestRestorableTime: true,
  };
  await until("there is something to restore to", async () =>
    Boolean((await instanceIs(engine.cloud, "orders-development", "available")).LatestRestorableTime),
  );
  await engine.cloud.rds.send(new RestoreDBInstanceToPointInTimeCommand(source));
  expect((await instanceIs(engine.cloud, "copy", "available")).DBInstanceStatus).toBe("available");
});
