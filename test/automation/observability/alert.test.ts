import { buildCommand } from "../../../automation/command-line/main";
import { createTerminal } from "../../../automation/command-line/terminal";
import { alertOf, alertTitles, type Fact } from "../../../automation/observability/alert";
import { expiries, type Expiring } from "../../../automation/observability/expiries";
import { alertTextCharactersMax } from "../../../automation/observability/limits";
import { resultOf } from "../../../automation/observability/sender";
import { operations } from "../../../automation/operations/registry";
import { targetDatabase, type FleetDatabase } from "../../../automation/fleet-records";
import { readSettings } from "../../../automation/settings";
import type { DatabaseRecovery } from "../../../automation/observability/recoverability";

const now = new Date("2026-11-23T12:00:00Z");
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);
const day = (count: number) =>
  hours(24 * count)
    .toISOString()
    .slice(0, 10);
const orders: FleetDatabase = {
  ...targetDatabase({
    identifier: "orders",
    resourceId: "db-1",
    arn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
  }),
  restorableFrom: new Date(0),
  backupRetentionDays: 7,
  size: { instanceClass: "db.m7g.large", storageGib: 100, storageType: "gp3" },
  tags: { owner: "team-orders" },
};
/** A proof that is valid for 100 hours, of which so many are left. */
function proven(hoursLeft: number, recoverability: DatabaseRecovery["recoverability"]): DatabaseRecovery {
  const expiresOn = hours(hoursLeft);
  const drill = {
    position: 1,
    requestId: "261119090000-0a1b2c3d",
    target: "orders",
    database: orders,
    verdict: "pass" as const,
    errorCode: undefined,
    tornDown: true,
    copyHours: 1,
    backupRetentionDays: 7,
    recoveryTarget: undefined,
    issuedAt: new Date(expiresOn.getTime() - 100 * 3_600_000),
    expiresOn,
  };
  return { database: orders, recoverability, reason: "", decidedBy: drill, beside: [] };
}
const known = (change: Partial<Expiring>): Expiring => ({
  now,
  fleet: [orders],
  ownerTag: "owner",
  recoveries: [],
  waivers: [],
  waiting: [],
  ...change,
});
const kinds = (change: Partial<Expiring>) => expiries(known(change)).map((fact) => fact.kind);
const waiver = (expiresOn: string) => ({
  id: "w",
  rule: "require-multi-az",
  resource: "urn:x",
  owner: "team-a",
  expiresOn,
});
/** A masked copy with so many days before its last one; `tag`: what the cloud says of that. */
const copied = (daysLeft: number, tag?: string): Partial<Expiring> => ({
  fleet: [{ ...orders, tags: { ...orders.tags, ...(tag !== undefined && { "shipshape:copy-expires-on": tag }) } }],
  recoveries: [
    {
      ...{ database: orders, recoverability: "copy", reason: "", decidedBy: undefined, beside: [] },
      copy: { of: "orders-production", expiresOn: day(daysLeft), madeBy: "261119090000-0a1b2c3d", requestedBy: "ana" },
    },
  ],
});
const plan = (hoursLeft: number) => ({
  requestId: "261119090000-0a1b2c3d",
  preparation: 1,
  operation: "probe-change",
  target: "orders",
  owner: "team-orders",
  expiresAt: hours(hoursLeft),
});

test.each([
  ["a proof with 6 % of its validity left", { recoveries: [proven(6, "fresh")] }, []],
  ["a proof with 4 % left", { recoveries: [proven(4, "fresh")] }, ["evidence-expires"]],
  ["a proof that has expired", { recoveries: [proven(-1, "stale")] }, ["evidence-expired"]],
  ["a database whose newest verdict is fail, which its run has told", { recoveries: [proven(-1, "failed")] }, []],
  ["a database that the cloud no longer has", { recoveries: [proven(-1, "stale")], fleet: [] }, []],
  ["a waiver with 15 days left", { waivers: [waiver(day(15))] }, []],
  ["a waiver with 14 days left", { waivers: [waiver(day(14))] }, ["waiver-expires"]],
  ["a waiver on its last day", { waivers: [waiver(day(0))] }, ["waiver-expires"]],
  ["a waiver after its last day", { waivers: [waiver(day(-1))] }, ["waiver-expired"]],
  ["a copy with 4 days left", copied(4), []],
  ["a copy with 3 days left", copied(3), ["copy-expires"]],
  ["a copy on its last day", copied(0), ["copy-expires"]],
  ["a copy whose time is over", copied(-1), []],
  ["a copy whose tag says an earlier day", copied(20, day(1)), ["copy-expires"]],
  ["a copy whose tag says a later day", copied(1, day(20)), ["copy-expires"]],
  ["a copy whose tag says no day", copied(20, "0"), []],
  ["a plan with 25 hours left", { waiting: [plan(25)] }, []],
  ["a plan with 24 hours left", { waiting: [plan(24)] }, ["approval-expires"]],
])("of %s people are told what they need to know", (_, change, told) => {
  expect(kinds(change)).toEqual(told);
});

test("the same fact has the same key at any time; another proof, waiver or plan has another", () => {
  const keys = (change: Partial<Expiring>) => expiries(known(change)).map((fact) => alertOf(fact).key);
  expect(keys({ recoveries: [proven(4, "fresh")], now })).toEqual(
    keys({ recoveries: [proven(4, "fresh")], now: hours(1) }),
  );
  const drilledAgain = proven(4, "fresh");
  drilledAgain.decidedBy!.requestId = "261123090000-0a1b2c3d";
  const all = [
    ...keys({ recoveries: [proven(4, "fresh"), proven(4, "stale"), drilledAgain] }),
    ...keys({ waivers: [waiver(day(1)), waiver(day(2)), waiver(day(-1))] }),
    ...keys({ waiting: [plan(1), { ...plan(1), preparation: 2 }] }),
  ];
  expect(all).toHaveLength(8);
  expect(new Set(all).size).toBe(8);
});

test("a copy is told three days and one day before its last, once each, with who asked for it and how it stays longer; an extension begins again", () => {
  const facts = (daysLeft: number, change: Partial<Expiring> = {}) =>
    expiries(known({ ...copied(daysLeft), ...change }));
  // As the days pass, the last day stays the same.
  const passing = (last: number) =>
    [4, 3, 2, 1, 0, -1].flatMap((left) =>
      [0, 3, 7].flatMap((hour) => {
        const at = new Date(Date.parse(day(last - left)) + hour * 3_600_000);
        return facts(last, { now: at }).map((fact) => alertOf(fact).key);
      }),
    );
  expect(new Set(passing(10)).size).toBe(2);
  expect(new Set([...passing(10), ...passing(17)]).size).toBe(4);
  const [fact] = facts(1);
  expect(fact).toMatchObject({
    owner: "team-orders",
    what: expect.stringContaining("that ana requested") as string,
    command: expect.stringContaining("request refresh-extension --database orders --retention-days 7") as string,
  });
});

test("each alert says whose it is, and what to do by a command that exists", () => {
  const facts = expiries(
    known({
      recoveries: [proven(4, "fresh"), proven(-1, "stale")],
      waivers: [waiver(day(1)), waiver(day(-1))],
      waiting: [plan(1)],
    }),
  ).concat(expiries(known(copied(1))));
  expect(facts).toHaveLength(6);
  const settings = readSettings(__dirname, __dirname, {});
  const shipshape = buildCommand({ settings, terminal: createTerminal("never"), operations });
  for (const { command, owner, what } of facts) {
    expect({ owner, what }).toEqual({
      owner: expect.stringMatching(/^team-/) as string,
      what: expect.any(String) as string,
    });
    const [, , ...words] = command.split(" ");
    const named = shipshape.commands.find((one) => one.name() === words[0])!;
    expect(named.commands.length === 0 || named.commands.some((one) => one.name() === words[1])).toBe(true);
  }
});

test("nothing in an alert is a link, a control character or without end, and each title suits SNS", () => {
  const fact: Fact = {
    kind: "run-failed",
    subject: "s",
    database: "orders\u202e",
    owner: "<!channel> https://evil.example",
    what: `\u001b[31m${"long ".repeat(1000)}`,
    command: "npx shipshape status",
  };
  const { database, owner, what } = alertOf(fact);
  expect({ database, owner }).toEqual({ database: "orders\\u202e", owner: "<!channel> https[:]//evil.example" });
  expect(what).toHaveLength(alertTextCharactersMax);
  expect(what.startsWith("\\u001b[31mlong")).toBe(true);
  for (const title of Object.values(alertTitles)) expect(title).toMatch(/^[A-Z][\x20-\x7e]{0,98}$/);
});

test("what is not accepted is sent again after growing waits, up to ten minutes, or as the endpoint asks", () => {
  const failed = { accepted: false, said: "503" };
  const waits = [0, 1, 2, 6, 7, 100].map((attempts) => resultOf({ attempts, ageDays: 0 }, failed));
  expect(waits.map((w) => w.waitSeconds)).toEqual([5, 10, 20, 320, 600, 600]);
  expect(resultOf({ attempts: 0, ageDays: 0 }, { ...failed, waitSeconds: 60 })).toMatchObject({ waitSeconds: 60 });
  expect(resultOf({ attempts: 0, ageDays: 0 }, { ...failed, waitSeconds: Infinity })).toMatchObject({
    waitSeconds: 600,
  });
  expect(resultOf({ attempts: 9, ageDays: 0 }, { accepted: true, said: "ok" })).toEqual({
    status: "sent",
    reason: "ok",
  });
});

test("a week of failures ends the attempts, and so do five refusals of the message; a dead endpoint alone does not", () => {
  const status = (attempts: number, ageDays: number, isRefusal: boolean) =>
    resultOf({ attempts, ageDays }, { accepted: false, said: "no", isRefusal }).status;
  expect(status(500, 6.9, false)).toBe("waiting");
  expect(status(500, 7, false)).toBe("failed");
  expect(status(3, 0, true)).toBe("waiting");
  expect(status(4, 0, true)).toBe("failed");
});
