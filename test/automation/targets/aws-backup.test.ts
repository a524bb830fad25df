// AWS Backup has no counterpart on this machine: a server answers each operation of the model that AWS publishes as part
// of its SDK, at the path that the model gives it, with members that the model has.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  DescribeBackupVault$,
  DescribeRecoveryPoint$,
  GetBackupPlan$,
  GetBackupSelection$,
  ListBackupPlans$,
  ListBackupSelections$,
  ListCopyJobs$,
  ListRecoveryPointsByResource$,
} from "@aws-sdk/client-backup";
import { awsBackupOf, selects } from "../../../automation/targets/aws-backup";
import { allows, policies } from "../../docs/rights/policies";

type Schema = [number, string, string, { http: [string, string] }, () => unknown, () => unknown];
const operations = [
  ListBackupPlans$,
  ListBackupSelections$,
  GetBackupSelection$,
  GetBackupPlan$,
  ListRecoveryPointsByResource$,
  DescribeRecoveryPoint$,
  DescribeBackupVault$,
  ListCopyJobs$,
] as unknown as Schema[];

const arn = "arn:aws:rds:eu-central-1:123456789012:db:orders-production";
const tags = { tier: "gold", "shipshape:backup-plan": "vault-and-copy" };
const database = { arn, tags, createdAt: "2026-01-01T00:00:00.000Z" };
const seconds = (time: string) => Date.parse(time) / 1000;
const copyVault = "arn:aws:backup:eu-west-1:123456789012:backup-vault:copies";

type Answer = Record<string, unknown> | { error: string };
let answers: Record<string, (path: string) => Answer>;
let asked: { operation: string; path: string; region: string }[] = [];
let server: Server;
let endpoint: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "").split("?")[0]!);
    const operation = operations
      .map(([, , name, { http }]) => ({ name, method: http[0], route: http[1].split("?")[0]! }))
      .sort((one, other) => other.route.length - one.route.length)
      .find(
        ({ method, route }) =>
          method === request.method &&
          new RegExp(`^${route.replace(/\{[^}]+\}/g, "[^/]+")}/?$`).test(path.replace(/arn:[^/]+/, "arn")),
      );
    const [, region = ""] = /Credential=[^/]+\/\d+\/([^/]+)\/backup\//.exec(request.headers.authorization ?? "") ?? [];
    asked.push({ operation: operation?.name ?? "none", path, region });
    const answer = answers[operation?.name ?? ""]?.(path) ?? {};
    response.setHeader("content-type", "application/json");
    if ("error" in answer) {
      response.writeHead(400, { "x-amzn-errortype": String(answer.error) });
      return response.end(JSON.stringify({ message: "not so" }));
    }
    return response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answers = {
    ListBackupPlans: () => ({ BackupPlansList: [{ BackupPlanId: "p1", BackupPlanName: "shipshape-vault-and-copy" }] }),
    ListBackupSelections: () => ({ BackupSelectionsList: [{ SelectionId: "s1" }] }),
    GetBackupSelection: () => ({
      BackupSelection: {
        ListOfTags: [
          { ConditionType: "STRINGEQUALS", ConditionKey: "shipshape:backup-plan", ConditionValue: "vault-and-copy" },
        ],
      },
    }),
    GetBackupPlan: () => ({
      BackupPlan: { BackupPlanName: "x", Rules: [{ RuleName: "daily", Lifecycle: { DeleteAfterDays: 35 } }] },
    }),
    ListRecoveryPointsByResource: () => ({ RecoveryPoints: [point("new", "2026-03-01T07:00:00Z")] }),
    DescribeRecoveryPoint: () => ({ Status: "COMPLETED", IsEncrypted: true }),
    DescribeBackupVault: () => ({ Locked: true }),
    ListCopyJobs: () => ({ CopyJobs: [copied("2026-03-01T09:00:00Z")] }),
  };
});

const point = (name: string, created: string, Status = "COMPLETED") => ({
  RecoveryPointArn: `arn:aws:rds:eu-central-1:123456789012:snapshot:awsbackup:${name}`,
  CreationDate: seconds(created),
  Status,
  BackupVaultName: "shipshape",
});
const copied = (completed: string, DestinationBackupVaultArn = copyVault) => ({
  DestinationBackupVaultArn,
  DestinationRecoveryPointArn: "arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:copy",
  CreationDate: seconds(completed) - 600,
  CompletionDate: seconds(completed),
});

const ask = () =>
  awsBackupOf(
    { cloud: { endpoint, region: "eu-central-1", credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "s" } } },
    database,
  );

test("a database that a plan selects: the plan, the newest recovery point and its vault, the copy where it should be", async () => {
  expect(await ask()).toEqual({
    notAsked: null,
    plans: [{ plan: "shipshape-vault-and-copy", rule: "daily", keepsDays: 35 }],
    unclear: [],
    point: { vault: "shipshape", createdAt: "2026-03-01T07:00:00.000Z", encrypted: true, locked: true },
    copy: { vaultArn: copyVault, completedAt: "2026-03-01T09:00:00.000Z", exists: true },
    unanswered: [],
  });
  expect(asked.map((a) => a.operation)).toEqual([
    "ListBackupPlans",
    "ListBackupSelections",
    "GetBackupSelection",
    "GetBackupPlan",
    "ListRecoveryPointsByResource",
    "DescribeRecoveryPoint",
    "DescribeBackupVault",
    "ListCopyJobs",
    "DescribeRecoveryPoint",
  ]);
  expect(asked.at(-1)).toMatchObject({ region: "eu-west-1", path: expect.stringContaining("/copies/") as string });
});

test("every member that the answers of these tests have is in the model of its operation", () => {
  const namesOf = (schema: unknown) => (schema as unknown[])[4] as string[];
  for (const [, , name, , , output] of operations)
    expect(namesOf(output())).toEqual(expect.arrayContaining(Object.keys(answers[name]!(""))));
});

test("the documented rights of workers suffice for every call", async () => {
  await ask();
  const plan = "arn:aws:backup:eu-central-1:123456789012:backup-plan:p1";
  const resources: Record<string, string> = {
    GetBackupPlan: plan,
    ListBackupSelections: plan,
    GetBackupSelection: plan,
    DescribeBackupVault: "arn:aws:backup:eu-central-1:123456789012:backup-vault:shipshape",
    DescribeRecoveryPoint: "arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:copy",
  };
  for (const { operation } of asked)
    expect([operation, allows(policies.worker, `backup:${operation}`, resources[operation] ?? "*")]).toEqual([
      operation,
      true,
    ]);
  expect(asked.filter(({ operation }) => !/^(List|Get|Describe)/.test(operation))).toEqual([]);
});

test("points that are not complete, or of an earlier database of that name, do not count", async () => {
  answers["ListRecoveryPointsByResource"] = () => ({
    RecoveryPoints: [
      point("running", "2026-03-01T08:00:00Z", "CREATING"),
      point("partial", "2026-03-01T07:30:00Z", "PARTIAL"),
      point("before", "2025-12-31T07:00:00Z"),
    ],
  });
  answers["ListCopyJobs"] = () => ({ CopyJobs: [copied("2025-12-31T09:00:00Z")] });
  expect(await ask()).toMatchObject({ point: null, copy: null, unanswered: [] });
});

test("a copy in its own Region and account is none, a deleted one is gone, one of another account is not seen", async () => {
  answers["ListCopyJobs"] = () => ({
    CopyJobs: [copied("2026-03-01T09:00:00Z", copyVault.replace("eu-west-1", "eu-central-1"))],
  });
  expect((await ask()).copy).toBeNull();
  answers["ListCopyJobs"] = () => ({ CopyJobs: [copied("2026-03-01T09:00:00Z")] });
  answers["DescribeRecoveryPoint"] = (path) =>
    path.includes("/copies/") ? { error: "ResourceNotFoundException" } : { IsEncrypted: true };
  expect((await ask()).copy).toMatchObject({ exists: false });
  answers["ListCopyJobs"] = () => ({
    CopyJobs: [copied("2026-03-01T09:00:00Z", copyVault.replace("123456789012", "210987654321"))],
  });
  expect((await ask()).copy).toMatchObject({ exists: null });
});

test("what the API refuses is named, and is not taken for an answer", async () => {
  for (const name of ["ListBackupPlans", "ListRecoveryPointsByResource", "ListCopyJobs"])
    answers[name] = () => ({ error: "AccessDeniedException" });
  expect(await ask()).toMatchObject({
    notAsked: null,
    point: null,
    unanswered: [
      "ListBackupPlans (AccessDeniedException)",
      "ListRecoveryPointsByResource (AccessDeniedException)",
      "ListCopyJobs (AccessDeniedException)",
    ],
  });
});

const equal = (ConditionKey: string, ConditionValue: string) => ({ ConditionKey, ConditionValue });
const listed = (key: string, value: string) => ({ ConditionType: "STRINGEQUALS" as const, ...equal(key, value) });
test.each([
  [true, { ListOfTags: [listed("tier", "bronze"), listed("tier", "gold")] }],
  [true, { ListOfTags: [listed("aws:ResourceTag/tier", "gold")] }],
  [false, { ListOfTags: [listed("tier", "Gold")] }],
  [true, { Resources: ["arn:aws:rds:*:*:db:*"] }],
  [true, { Resources: ["*"], Conditions: { StringLike: [equal("aws:ResourceTag/tier", "go*")] } }],
  [false, { Resources: ["*"], Conditions: { StringEquals: [equal("aws:ResourceTag/tier", "silver")] } }],
  [false, { Resources: ["*"], Conditions: { StringNotEquals: [equal("tier", "gold")] } }],
  [false, { Resources: ["*"], Conditions: { StringNotLike: [equal("tier", "g*")] } }],
  [false, { Resources: ["arn:aws:rds:eu-central-1:123456789012:db:orders"] }],
  [false, { Resources: ["*"], NotResources: [arn] }],
  [false, {}],
  [undefined, { Resources: ["*"], ListOfTags: [listed("tier", "bronze")] }],
  [undefined, { Resources: ["arn:aws:ec2:*"], ListOfTags: [listed("tier", "gold")] }],
])("it is %j that a plan selects the database by %j", (chosen, selection) => {
  expect(selects(selection, arn, tags)).toBe(chosen);
});
