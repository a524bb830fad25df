/** Errors of the command line, the embedded cloud, the configuration and the cloud's API, in an order that works. */
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateDBSnapshotCommand, DescribeDBSnapshotsCommand, StopDBInstanceCommand } from "@aws-sdk/client-rds";
import { until } from "../../until";
import type { Row } from "./row";
import { askForLabel, waitingAtMost, type Said, type Scene } from "./scene";

const dead = "http://127.0.0.1:9";
const drill = (...more: string[]) => [
  ...["request", "restore-drill", "--database", "orders", "--plan-only", "--reason", "a test"],
  ...more,
];
/** Another data folder, in which something is in the way. */
const second = (at: Scene) => at.path("second");
const inSecond = (at: Scene, ...words: string[]) => at.run(["local", "--data-folder", second(at), ...words]);
const webhook = { url: "", close: () => undefined as unknown };

export const firstRows: Row[] = [
  { code: "local-not-running", fails: (at) => at.run(["local", "env"]) },
  { code: "control-plane-missing", fails: (at) => at.run(["status"]) },
  {
    code: "control-plane-unreachable",
    fails: (at) => at.run(["status"], { SHIPSHAPE_DATABASE_URL: "postgresql://control:x@127.0.0.1:1/control" }),
    works: (at) => at.run(["status"]),
  },
  { code: "usage", fails: (at) => at.run(["status", "--nope"]), works: (at) => at.run(["status"]) },
  {
    code: "usage",
    fails: (at) => at.run(["evidence", "key"]),
    works: (at) => at.run(["evidence", "key", "show"]),
  },
  {
    code: "local-plugins-failed",
    cause(at) {
      mkdirSync(`${second(at)}/pulumi-home`, { recursive: true });
      writeFileSync(`${second(at)}/pulumi-home/plugins`, "in the way");
    },
    fails: (at) => inSecond(at, "start"),
    // On a terminal it asks.
    fill: () => ({ reset: "reset --yes" }),
    works(at) {
      mkdirSync(second(at), { recursive: true });
      writeFileSync(`${second(at)}/ca`, "in the way");
      return inSecond(at, "start");
    },
    ends: 1, // local-start-failed
  },
  {
    code: "local-start-failed",
    fails: (at) => inSecond(at, "start"),
    mend: (at) => rmSync(`${second(at)}/ca`),
    works: (at) => inSecond(at, "stop"),
  },
  {
    code: "confirmation-needed",
    fails: (at) => inSecond(at, "reset"),
    works: (at) => inSecond(at, "reset", "--yes"),
  },
  {
    code: "reset-refused",
    cause(at) {
      mkdirSync(second(at), { recursive: true });
      writeFileSync(`${second(at)}/letters.txt`, "mine");
    },
    fails: (at) => inSecond(at, "reset", "--yes"),
    mend: (at) => mkdirSync(at.path("third", "cloud"), { recursive: true }),
    fill: (at) => ({ "<folder> reset": `${at.path("third")} reset --yes` }),
    works: (at) => at.run(["local", "--data-folder", at.path("third"), "reset", "--yes"]),
  },
  {
    code: "local-folder-unusable",
    cause: (at) => writeFileSync(at.path("a-file"), ""),
    fails: (at) => at.run(["local", "--data-folder", at.path("a-file"), "start"]),
    fill: (at) => ({ "<folder>": at.dataFolder }),
    works: (at) => at.run(["local", "start"]),
  },
  {
    code: "worker-missing",
    fails: (at) => waitingAtMost(0.1, () => at.run([...askForLabel, "--wait"])),
    works: (at) => at.run(["status"]),
  },
  {
    code: "wait-interrupted",
    fails(at) {
      const interrupt = setInterval(() => process.emit("SIGINT"), 100);
      return at.run([...askForLabel, "--wait"]).finally(() => clearInterval(interrupt));
    },
    works: (at) => at.run(["status"]),
  },
  {
    code: "alerts-unconfigured",
    fails: (at) => at.run(["alerts", "test"]),
    async mend(at) {
      const server = createServer((_, answer) => answer.end("ok"));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      webhook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
      webhook.close = () => (server.closeAllConnections(), server.close());
      at.env["SHIPSHAPE_ALERT_WEBHOOK_URL"] = webhook.url;
    },
  },
  {
    code: "alert-destination-invalid",
    fails: (at) => at.run(["alerts", "test"], { SHIPSHAPE_ALERT_WEBHOOK_URL: "ftp://example.com" }),
    async works(at) {
      const said = await at.run(["alerts", "test"]);
      webhook.close();
      delete at.env["SHIPSHAPE_ALERT_WEBHOOK_URL"];
      return said;
    },
  },
  {
    code: "configuration-invalid",
    cause(at) {
      at.env["SHIPSHAPE_CONFIGURATION_FILE"] = at.path("shipshape.yaml");
      writeFileSync(at.path("shipshape.yaml"), "rolls: {}\n");
    },
    fails: (at) => at.run(["fleet"]),
    mend: (at) => writeFileSync(at.path("shipshape.yaml"), "teams: {}\n"),
    ends: 1, // no stack was ever deployed
  },
  {
    code: "standard-invalid",
    cause(at) {
      writeFileSync(at.path("shipshape.yaml"), "standard: standard.yaml\n");
      writeFileSync(at.path("standard.yaml"), "standard: acme\ntiers: {}\n");
    },
    fails: (at) => at.run(["fleet"]),
    mend: (at) => writeFileSync(at.path("shipshape.yaml"), "teams: {}\n"),
    ends: 1, // no stack was ever deployed
  },
  {
    // Its hint makes the file one that the worker takes.
    code: "configuration-exposed",
    cause: (at) => chmodSync(at.path("shipshape.yaml"), 0o666),
    fails: (at) => at.run(["worker", "--until-idle"]),
  },
  {
    code: "configuration-unreadable",
    cause: (at) => (at.env["SHIPSHAPE_CONFIGURATION_FILE"] = at.path("typo.yaml")),
    fails: (at) => at.run(["fleet"]),
    mend: (at) => void delete at.env["SHIPSHAPE_CONFIGURATION_FILE"],
    ends: 1, // no stack was ever deployed
  },
  {
    code: "fleet-unknown",
    fails: (at) => at.run(["schedule"], { AWS_ENDPOINT_URL: dead }),
    works: (at) => at.run(["schedule"]),
  },
  {
    code: "cloud-unreachable",
    fails: (at) => at.run(["guard", "--live"], { AWS_ENDPOINT_URL: dead }),
    works: (at) => at.run(["guard", "--live"]),
  },
  {
    code: "cloud-credentials",
    fails: (at) => at.run(["guard", "--live"], { AWS_SECRET_ACCESS_KEY: "of yesterday" }),
    works: (at) => at.run(["guard", "--live"]),
  },
  {
    code: "cloud-region",
    fails: (at) => at.run(["guard", "--live"], { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined }),
    works: (at) => at.run(["guard", "--live"], { AWS_REGION: "eu-central-1" }),
  },
  {
    code: "principal-unknown",
    fails: (at) => at.run(askForLabel, { AWS_SECRET_ACCESS_KEY: "of yesterday" }),
    works: (at) => at.run(askForLabel),
  },
];

const onlyPeopleKnow = ["--data-classification", "internal", "--cost-center", "4711"];
async function importing(at: Scene, ...more: string[]): Promise<Said> {
  const { DbiResourceId = "" } = await at.databaseIs("available");
  return at.run(["import", "--from", DbiResourceId, ...more]);
}

/** With a database in the cloud. */
export const databaseRows: Row[] = [
  {
    code: "local-request-failed",
    fails: (at) => at.run(["local", "change", "arn:aws:rds:eu-central-1:123456789012:db:nope", "multiAz=true"]),
    works: (at) => at.run(["local", "change", "arn:aws:rds:eu-central-1:123456789012:db:orders", "multiAz=true"]),
  },
  {
    code: "database-role-unknown",
    fails: (at) => at.run(drill()),
    ends: 1, // platform-missing
  },
  { code: "platform-missing", fails: (at) => at.run(drill()) },
  {
    code: "database-unknown",
    fails: (at) => at.run(drill("--database", "order")),
    // The role of this one exists already.
    fill: () => ({ "pulumi up": "pulumi up --stack platform.test" }),
    codes: [0, 1],
    works: (at) => at.run(drill()),
  },
  {
    code: "database-not-available",
    async cause(at) {
      await at.withRds((rds) => rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: "orders" })));
      await at.databaseIs("stopped");
    },
    fails: (at) => at.run(drill()),
  },
  {
    code: "recovery-target-outside",
    fails: (at) => at.run(drill("--at", "2020-01-01T00:00:00Z")),
    fill: () => ({ "...": '"what are the backups?"' }),
    works: (at) => at.run(drill("--at", `${new Date(Date.now() - 1000).toISOString().slice(0, 19)}Z`)),
  },
  {
    code: "snapshot-unusable",
    fails: (at) => at.run(drill("--snapshot", "kept")),
    mend: (at) =>
      at.withRds(async (rds) => {
        const named = { DBSnapshotIdentifier: "kept" };
        await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: "orders", ...named }));
        await until("the snapshot is there", async () => {
          const { DBSnapshots: [one] = [] } = await rds.send(new DescribeDBSnapshotsCommand(named));
          return one?.Status === "available";
        });
      }),
  },
  {
    code: "assertions-unusable",
    cause(at) {
      mkdirSync(at.path("assertions", "orders"), { recursive: true });
      writeFileSync(at.path("assertions", "orders", "No Orphans.sql"), "select where false");
    },
    fails: (at) => at.run(drill()),
    mend: (at) =>
      renameSync(at.path("assertions", "orders", "No Orphans.sql"), at.path("assertions", "orders", "no-orphans.sql")),
    fill: () => ({ "<identifier>": "orders", "...": '"a test"' }),
  },
  {
    code: "database-undeclared",
    fails: (at) => at.run(["hand-over", "carts", "--for", "iam", "--role", "readonly"]),
    fill: () => ({ "pulumi up": "pulumi up --stack carts" }),
  },
  {
    code: "hand-over-refused",
    fails: (at) => at.run(["hand-over", "carts", "--for", "iam", "--role", "admin"]),
    works: (at) => at.run(["hand-over", "carts", "--for", "iam", "--role", "readonly"]),
  },
  {
    code: "import-identifier",
    fails: (at) => at.run(["import", "--from", "orders"]),
    works: (at) => importing(at, ...onlyPeopleKnow),
  },
  {
    code: "import-unknown",
    fails: (at) => at.run(["import", "--from", "db-NOBODYKNOWSIT"]),
    works: (at) => importing(at, ...onlyPeopleKnow),
  },
  {
    code: "import-undecided",
    fails: (at) => importing(at),
    works: (at) => importing(at, ...onlyPeopleKnow),
  },
  {
    code: "import-invalid",
    fails: (at) => importing(at, ...onlyPeopleKnow, "--tier", "zinc"),
    works: (at) => importing(at, ...onlyPeopleKnow, "--tier", "gold"),
  },
  {
    code: "import-output",
    fails: (at) => importing(at, ...onlyPeopleKnow, "--output", at.path("orders.txt")),
    works: (at) => importing(at, ...onlyPeopleKnow, "--output", at.path("orders.yaml")),
  },
];
