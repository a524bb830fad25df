import { builtIn } from "../../components/standards/built-in";
import { databaseRequestOf, parseInput } from "../../components";
import { databaseArgumentsOf } from "../../components/arguments";
import { lacks } from "../../components/engine-version";
import { platformArgumentsOf } from "../../components/platform-arguments";
import { refusedChanges, type Running } from "../../components/running-instance";
import { standardShape } from "../../components/standard-shape";
import { platform, request } from "./declared";
import { refusalsByFile } from "./refusals/collect";
import { elsewhere, lacking, reasons, table, type Refused } from "./refusals/table";

/** Every refusal of the embedded cloud: the component catches it at preview, or no arguments can cause it. */

const ofPlatform = {
  owner: "team-platform",
  costCenter: "1",
  environment: "development",
  vpcId: "vpc-1",
  subnetIds: ["subnet-1", "subnet-2"],
};
const small = {
  resourceId: "db-ORDERS",
  engineVersion: "17.10",
  dbInstanceClass: "db.t4g.medium",
  allocatedStorage: 20,
  maxAllocatedStorage: 100,
};
const running: Running = {
  ...small,
  multiAz: true,
  masterUserSecrets: [],
  dbSubnetGroup: "shipshape-databases",
  dbParameterGroups: [],
  masterUsername: "shipshape_admin",
  dbName: "orders",
  storageEncrypted: true,
  kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555",
};
const wanted = {
  engineVersion: "17.10",
  instanceClass: "db.t4g.medium",
  allocatedStorage: 20,
  maxAllocatedStorage: 100,
};
const unchanged = { ...wanted, multiAz: true, dbSubnetGroupName: "shipshape-databases" };

function errorsOf(refused: Refused): string[] {
  if ("database" in refused)
    return linesOf(databaseArgumentsOf(builtIn), { ...request, platform, ...refused.database });
  if ("platform" in refused) return linesOf(platformArgumentsOf(builtIn), { ...ofPlatform, ...refused.platform });
  const parsed = databaseRequestOf(builtIn).parse({ ...request, ...refused.request });
  if ("running" in refused)
    return refusedChanges({ ...running, ...refused.running }, { ...unchanged, ...refused.wanted }, parsed, builtIn);
  return lacks(
    { versionActual: refused.offered, supportedFeatureNames: refused.features ?? [] },
    parsed,
    standardShape(parsed, builtIn),
  );
}

function linesOf(schema: Parameters<typeof parseInput>[0], given: unknown): string[] {
  try {
    parseInput(schema, given, "these");
    return [];
  } catch (error) {
    return (error as Error).message.split("\n  ").slice(1);
  }
}

const rows = Object.entries(table).flatMap(([file, refusals]) =>
  Object.entries(refusals).map(([beginning, row]) => ({ file, beginning, row })),
);
const caught = rows.flatMap(({ file, beginning, row }) =>
  typeof row === "string"
    ? []
    : row.map((refused): [string, Refused] => [`${file}: ${beginning}… ${JSON.stringify(refused, plainly)}`, refused]),
);
function plainly(_: string, value: unknown): unknown {
  const text = value instanceof RegExp ? value.source : value;
  return typeof text === "string" && text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

test.each(caught)("%s is caught, and the error names the argument", (_, refused) => {
  expect(errorsOf(refused)).toEqual([expect.stringMatching(refused.says)]);
});

test.each(lacking.map((refused) => [JSON.stringify(refused, plainly), refused] as const))(
  "a preview reports what this cloud lacks: %s",
  (_, refused) => {
    expect(errorsOf(refused)).toEqual([expect.stringMatching(refused.says)]);
  },
);

test("the arguments that these tests start from are accepted", () => {
  expect(
    [{ database: {} }, { platform: {} }, { running: {}, wanted: {} }, { offered: "17.10" }].map((plain) =>
      errorsOf({ ...plain, says: /./ }),
    ),
  ).toEqual([[], [], [], []]);
});

test("each refusal in the sources of the embedded cloud has one row, and each row has a refusal", () => {
  const found = Object.entries(refusalsByFile())
    .filter(([file]) => !(file in elsewhere))
    .flatMap(([file, refusals]) => refusals.map((refusal) => ({ file, refusal })));
  expect(found.length).toBeGreaterThan(100);
  const rowOf = ({ file, refusal }: { file: string; refusal: string }) => {
    const fitting = rows.filter((row) => row.file === file && refusal.startsWith(row.beginning));
    return fitting.sort((one, other) => other.beginning.length - one.beginning.length)[0];
  };
  expect(found.filter((one) => !rowOf(one)).map(({ file, refusal }) => `${file}: ${refusal}`)).toEqual([]);
  const used = new Set(found.map(rowOf));
  expect(rows.filter((row) => !used.has(row)).map(({ file, beginning }) => `${file}: ${beginning}`)).toEqual([]);
  for (const { row } of rows) if (typeof row === "string") expect(reasons).toHaveProperty(row);
});
