import ts from "typescript";
import { parse } from "yaml";
import { report } from "../../../automation/command-line/import";
import { fitted } from "../../../automation/command-line/layout";
import { differences } from "../../../automation/imports/differences";
import { importRequest } from "../../../automation/imports/import-request";
import { program, stackConfig } from "../../../automation/imports/written-request";
import { defineStandard, type DatabaseRequest } from "../../../components";
import { builtIn } from "../../../components/standards/built-in";
import { birthDigest } from "../../../components/standards/standard";
import { existing } from "./instances";

const people = { tier: "silver", dataClassification: "internal", costCenter: "4711" };
const place = {
  region: "eu-central-1",
  platformStack: "platform.dev",
  standard: builtIn,
  origin: "Written by a test.",
};
const found = existing({ StorageEncrypted: false, KmsKeyId: undefined, EngineVersion: "17.4" });
const settings = { standard: builtIn, region: "eu-central-1", upgradeBy: soon() };
const imported = importRequest(found.instance, people, settings);
const differing = differences(found, imported.found, imported.shape, builtIn);

function soon(): string {
  return new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
}

/** Runs a program that declares one database, and returns the arguments. */
function argumentsIn(text: string): [name: string, args: DatabaseRequest & { platform: unknown }] {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.CommonJS },
  });
  expect(diagnostics).toEqual([]);
  let seen: unknown;
  function StandardDatabase(...args: unknown[]) {
    seen = args;
  }
  new Function("require", "exports", "platform", outputText)(() => ({ StandardDatabase }), {}, "theirs");
  return seen as [string, DatabaseRequest & { platform: unknown }];
}

test("as a program it declares the very request", () => {
  const hard = {
    ...imported.request,
    service: "billing-2",
    existing: { identifier: "billing", asFound: { tags: { "a b": 'quo"ted', plain: "\\" } } },
  };
  for (const request of [imported.request, hard]) {
    const text = program(request, place);
    expect(argumentsIn(text)).toEqual([request.service, { ...request, platform: "theirs" }]);
    expect(text.startsWith("// Written by a test.\n// import: is for one up; drop it afterwards.\n")).toBe(true);
  }
});

test("as a stack's config it is the very request, with the Region, the platform's stack and the names of its birth", () => {
  const config = (standard = builtIn) =>
    (parse(stackConfig(imported.request, { ...place, standard })) as { config: unknown }).config;
  const own = {
    "aws:region": "eu-central-1",
    "shipshape:request": imported.request,
    "shipshape:place": { platformStack: "platform.dev" },
  };
  expect(config()).toEqual(own);
  expect(stackConfig(imported.request, place)).toContain(`upgradeBy: "${settings.upgradeBy}"`);
  const acme = defineStandard({ standard: "acme", version: "1", birth: { masterUsername: "acme_admin" } });
  expect(config(acme)).toEqual({ ...own, "shipshape:birth": birthDigest(acme.birth) });
});

test("each difference says what the standard has, how it heals and what to know before", () => {
  const rows = Object.fromEntries(differing.map(({ property, ...row }) => [property, row]));
  expect(Object.keys(rows)).toEqual(Object.keys(imported.found));
  expect(rows).toMatchObject({
    backupRetentionPeriod: { found: 7, standard: 14, heals: "at once" },
    storageEncrypted: { found: false, standard: true, heals: "needs: replacement by restore" },
    kmsKeyId: { found: null, standard: "the platform's key", heals: "needs: replacement by restore" },
    engineVersion: { standard: "16.13, 17.9, 18.3 or newer", heals: "with a restart" },
    dbSubnetGroupName: {
      heals: "needs: replacement by restore",
      note: expect.stringContaining("vpc-0123456789abcdef0") as string,
    },
    parameterGroupName: {
      note: expect.stringMatching(/^The standard sets password_encryption, .*It does not have work_mem/) as string,
    },
    username: { found: "postgres", standard: "shipshape_admin", heals: "needs: dump and load" },
  });
});

test("the report fits 80 columns, and says what was looked at, what was taken from where, and what waits", () => {
  const pending = existing({ PendingModifiedValues: { DBInstanceClass: "db.r7g.large" } });
  const both = { ...found, instance: { ...found.instance, ...pending.instance } };
  const lines = report(both, imported, differing, "AWS", 80).flatMap((line) => fitted(line, 80));
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  const text = lines.join("\n").replace(/\s+/g, " ");
  for (const said of [
    "looked at AWS",
    "owner is team-billing, from its tag owner",
    `its version is to be upgraded by ${settings.upgradeBy} (upgradeBy)`,
    "pending until sun:04:00-sun:04:30: DBInstanceClass db.r7g.large",
    "needs: replacement by restore storageEncrypted false → true",
    "at once backupRetentionPeriod 7 → 14",
  ])
    expect(text).toContain(said);
  expect(report(found, imported, differing, "AWS").join()).not.toContain("pending");
});
