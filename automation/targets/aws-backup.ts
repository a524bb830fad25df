/**
 * What AWS Backup does for one database: the plans that select it, its newest recovery point, and the copy of one
 * elsewhere. Untried on AWS: what is asked is tested against the model of the service.
 */
import {
  BackupClient,
  DescribeBackupVaultCommand,
  DescribeRecoveryPointCommand,
  GetBackupPlanCommand,
  GetBackupSelectionCommand,
  paginateListBackupPlans,
  paginateListBackupSelections,
  paginateListCopyJobs,
  paginateListRecoveryPointsByResource,
  type BackupSelection,
  type CopyJob,
} from "@aws-sdk/client-backup";
import { clientSettings, explaining, type AwsAccess } from "./aws-access";
import { RdsQueries } from "./rds-queries";

export interface AwsBackupFound {
  /** Why it was not asked; null if it was. */
  notAsked: string | null;
  /** How long each rule of a plan that selects it keeps a recovery point; null: without an end. */
  plans: { plan: string; rule: string; keepsDays: number | null }[];
  /** Plans of which it is not clear whether they select it. */
  unclear: string[];
  /** The newest one that is complete and of this database, and not of an earlier one with its name. */
  point: {
    vault: string;
    createdAt: string;
    /** Null, here and below: the API did not say. */
    encrypted: boolean | null;
    locked: boolean | null;
  } | null;
  /** The newest copy in another Region or account; null where AWS Backup reports none of the last 30 days. */
  copy: { vaultArn: string; completedAt: string; exists: boolean | null } | null;
  unanswered: string[];
}

const nothing = { plans: [], unclear: [], point: null, copy: null, unanswered: [] };
export const notAsked = (reason: string): AwsBackupFound => ({ ...nothing, notAsked: reason });

export interface BackedUp {
  arn: string;
  createdAt: string;
  tags: Readonly<Record<string, string>>;
}

/** Errors: cloud-unreachable, cloud-credentials, cloud-region; a refusal is named in the answer. */
export async function awsBackupOf(access: AwsAccess, database: BackedUp): Promise<AwsBackupFound> {
  const clientIn = (region?: string) =>
    explaining(new BackupClient({ ...clientSettings(access), ...(region !== undefined && { region }) }), access);
  const client = clientIn();
  const queries = new RdsQueries();
  const { plans, unclear } = await selectingPlans(client, queries, database);
  // What InvalidAction means in the embedded cloud; AWS Backup has no such error.
  if (queries.unanswered.some((one) => one.endsWith("(InvalidAction)")))
    return notAsked("this cloud has no AWS Backup");
  const point = await newestPoint(client, queries, database);
  const copy = await newestCopy(client, queries, database, clientIn);
  return { notAsked: null, plans, unclear, point, copy, unanswered: queries.unanswered };
}

async function selectingPlans(
  client: BackupClient,
  queries: RdsQueries,
  { arn, tags }: BackedUp,
): Promise<Pick<AwsBackupFound, "plans" | "unclear">> {
  const found: Pick<AwsBackupFound, "plans" | "unclear"> = { plans: [], unclear: [] };
  const all = await queries.all(
    "ListBackupPlans",
    () => paginateListBackupPlans({ client }, {}),
    (page) => page.BackupPlansList,
  );
  for (const { BackupPlanId, BackupPlanName: plan = "" } of all) {
    const chosen = await isSelected(client, queries, BackupPlanId, arn, tags);
    if (chosen === undefined) found.unclear.push(plan);
    if (!chosen) continue;
    const answer = await queries.one("GetBackupPlan", () => client.send(new GetBackupPlanCommand({ BackupPlanId })));
    for (const { RuleName: rule = "", Lifecycle } of answer?.BackupPlan?.Rules ?? [])
      found.plans.push({ plan, rule, keepsDays: Lifecycle?.DeleteAfterDays ?? null });
  }
  return found;
}

async function isSelected(
  client: BackupClient,
  queries: RdsQueries,
  BackupPlanId: string | undefined,
  arn: string,
  tags: BackedUp["tags"],
): Promise<boolean | undefined> {
  const selections = await queries.all(
    "ListBackupSelections",
    () => paginateListBackupSelections({ client }, { BackupPlanId }),
    (page) => page.BackupSelectionsList,
  );
  let known: boolean | undefined = false;
  for (const { SelectionId } of selections) {
    const command = new GetBackupSelectionCommand({ BackupPlanId, SelectionId });
    const answer = await queries.one("GetBackupSelection", () => client.send(command));
    const chosen = answer?.BackupSelection && selects(answer.BackupSelection, arn, tags);
    if (chosen) return true;
    if (chosen === undefined) known = undefined;
  }
  return known;
}

/** Undefined where the reference of AWS Backup leaves it open: ARNs and tags are given, and only one of them matches. */
export function selects(
  { Resources = [], NotResources = [], ListOfTags = [], Conditions = {} }: Partial<BackupSelection>,
  arn: string,
  tags: BackedUp["tags"],
): boolean | undefined {
  const tag = (key = "") => tags[key.replace(/^aws:ResourceTag\//, "")];
  if (NotResources.some((pattern) => matches(pattern, arn))) return false;
  const { StringEquals = [], StringNotEquals = [], StringLike = [], StringNotLike = [] } = Conditions;
  const holds =
    StringEquals.every((c) => tag(c.ConditionKey) === c.ConditionValue) &&
    StringNotEquals.every((c) => tag(c.ConditionKey) !== c.ConditionValue) &&
    StringLike.every((c) => matches(c.ConditionValue ?? "", tag(c.ConditionKey))) &&
    StringNotLike.every((c) => !matches(c.ConditionValue ?? "", tag(c.ConditionKey)));
  if (!holds) return false;
  const byArn = Resources.some((pattern) => matches(pattern, arn));
  const byTag = ListOfTags.some((c) => c.ConditionValue !== undefined && tag(c.ConditionKey) === c.ConditionValue);
  if (Resources.length === 0) return byTag;
  return ListOfTags.length === 0 || byArn === byTag ? byArn : undefined;
}

const matches = (pattern: string, text: string | undefined): boolean =>
  text !== undefined &&
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  ).test(text);

async function newestPoint(
  client: BackupClient,
  queries: RdsQueries,
  { arn: ResourceArn, createdAt }: BackedUp,
): Promise<AwsBackupFound["point"]> {
  const points = await queries.all(
    "ListRecoveryPointsByResource",
    () => paginateListRecoveryPointsByResource({ client }, { ResourceArn }),
    (page) => page.RecoveryPoints,
  );
  const newest = points
    .filter((p) => p.Status === "COMPLETED" && p.CreationDate && p.CreationDate >= new Date(createdAt))
    .sort((one, other) => other.CreationDate!.getTime() - one.CreationDate!.getTime())[0];
  if (!newest) return null;
  const { BackupVaultName, RecoveryPointArn } = newest;
  const [described, vault] = [
    await queries.one("DescribeRecoveryPoint", () =>
      client.send(new DescribeRecoveryPointCommand({ BackupVaultName, RecoveryPointArn })),
    ),
    await queries.one("DescribeBackupVault", () => client.send(new DescribeBackupVaultCommand({ BackupVaultName }))),
  ];
  return {
    vault: BackupVaultName ?? "",
    createdAt: newest.CreationDate!.toISOString(),
    encrypted: described?.IsEncrypted ?? null,
    locked: vault ? vault.Locked === true : null,
  };
}

/** A copy in this account is looked for where it should be: someone may have deleted it. */
async function newestCopy(
  client: BackupClient,
  queries: RdsQueries,
  { arn, createdAt }: BackedUp,
  clientIn: (region: string) => BackupClient,
): Promise<AwsBackupFound["copy"]> {
  const [, , , region, account] = arn.split(":");
  const copies = await queries.all(
    "ListCopyJobs",
    () => paginateListCopyJobs({ client }, { ByResourceArn: arn, ByState: "COMPLETED" }),
    (page) => page.CopyJobs,
  );
  const placeOf = (copy: CopyJob) => (copy.DestinationBackupVaultArn ?? "").split(":");
  const newest = copies
    .filter((copy) => copy.CompletionDate && copy.CreationDate && copy.CreationDate >= new Date(createdAt))
    .filter((copy) => placeOf(copy)[3] !== region || placeOf(copy)[4] !== account)
    .sort((one, other) => other.CompletionDate!.getTime() - one.CompletionDate!.getTime())[0];
  if (!newest) return null;
  const [, , , thatRegion = "", thatAccount, , BackupVaultName] = placeOf(newest);
  const RecoveryPointArn = newest.DestinationRecoveryPointArn;
  const look = () =>
    clientIn(thatRegion)
      .send(new DescribeRecoveryPointCommand({ BackupVaultName, RecoveryPointArn }))
      .catch((error: unknown) => {
        if ((error as Error).name === "ResourceNotFoundException") return { Status: "DELETED" };
        throw error;
      });
  const copied = thatAccount === account ? await queries.one("DescribeRecoveryPoint of the copy", look) : undefined;
  return {
    vaultArn: newest.DestinationBackupVaultArn ?? "",
    completedAt: newest.CompletionDate!.toISOString(),
    exists: copied ? copied.Status === "COMPLETED" : null,
  };
}
