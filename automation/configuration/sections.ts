/**
 * What `shipshape.yaml` may contain. A section is a strict schema and a line in `configurationSchemaOf`; all that
 * need it get it from `readConfiguration`.
 */
import { z } from "zod";
import { meant } from "../../components/standards/file-problems";
import { classificationsOf, environmentsOf, tiersOf, type Standard } from "../../components/standards/standard";
import { guardrailsSection } from "../../policypacks/database-guardrails/own-rules/section";
import { changesPerDayCeiling } from "../limits";
import { EVERYONE, isPattern, patternForms } from "../principals";
import { accounts } from "./accounts";
import { approversMax, priceMax, runsAtOnceMax } from "./limits";

const principals = (more: readonly string[] = []) =>
  z.array(
    z.string({ error: () => "give a principal as text" }).refine((text) => isPattern(text) || more.includes(text), {
      error: ({ input }) =>
        `"${String(input)}" names no principal; give one of ${[...patternForms, ...more].join(", ")}`,
    }),
    { error: ({ input }) => `${input === undefined ? "is missing: " : ""}give a list of principals, [] for none` },
  );

/** Who may do what. All four are needed: a role that is left out by mistake would be nobody's. */
const roles = z.strictObject({
  requester: principals([EVERYONE]),
  operator: principals(),
  approver: principals(),
  auditor: principals([EVERYONE]),
});

/** The members of each team, by the `owner` tag of its databases. */
const teams = z.record(z.string(), principals().min(1, { error: () => "name at least one member" }));

const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: () => `give one of ${values.join(", ")}` });
const some = <S extends z.ZodType>(value: S) =>
  z.array(value, { error: () => "give a list" }).min(1, { error: () => "give at least one, or leave it out" });

/** A name that no operation has would be about none of them: nothing would say that it does nothing. */
const operationOf = (known: readonly string[] | undefined) =>
  z.string().refine((name) => known?.includes(name) ?? true, {
    error: ({ input }) =>
      `there is no operation "${String(input)}"; ${meant(String(input), known ?? []) ?? `known: ${known?.join(", ")}`}`,
  });

/** Approvals in addition to those that rules always want: all conditions of an entry must hold. */
const approvalsOf = (standard: Standard, operation: ReturnType<typeof operationOf>) =>
  z.array(
    z.strictObject({
      operation: some(operation).optional(),
      effect: some(oneOf(["reads", "throwaway", "changes"])).optional(),
      tier: some(oneOf(tiersOf(standard))).optional(),
      environment: some(oneOf(environmentsOf(standard))).optional(),
      dataClassification: some(oneOf(classificationsOf(standard))).optional(),
      by: oneOf(["approver", "operator", "owning-team"]),
      people: z
        .int({ error: () => "give a whole number" })
        .min(1)
        .max(approversMax)
        .default(1),
    }),
    { error: () => "give a list of entries" },
  );

const changeCount = z
  .int({ error: () => "give a whole number, 0 or more" })
  .min(0)
  .max(changesPerDayCeiling, { error: () => `give ${changesPerDayCeiling} at most` })
  .optional();

/** How many changes the databases of each ring may have in a day. */
const changesPerDay = z.strictObject({
  ring0: changeCount,
  ring1: changeCount,
  ring2: changeCount,
  ring3: changeCount,
});

const name = (what: string) => z.string({ error: () => `give ${what}` }).min(1, { error: () => `give ${what}` });

/** Where the config of our own stacks is; a change of any other is delivered to whose it is. */
const stacks = z.array(
  z.strictObject({
    project: name("the project, as its Pulumi.yaml names it"),
    folder: name("a folder of a git repository, relative to this file"),
    author: z
      .string()
      .regex(/^[^<>\n]*[^<>\s][^<>\n]* <[^<>\s]+>$/, { error: () => 'give it as "Name <address>"' })
      .transform((text) => /^(.*) <(.*)>$/.exec(text)!)
      .transform(([, authorName = "", email = ""]) => ({ name: authorName.trim(), email }))
      .default({ name: "Shipshape", email: "shipshape@localhost" }),
  }),
  { error: () => "give a list of entries" },
);

/** Where alerts go, besides the webhook: its URL is a secret, and secrets do not belong in a file that people share. */
const alerts = z.strictObject({
  topicArn: z.string().regex(/^arn:[^:]+:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/, {
    error: () => "give the ARN of an SNS topic",
  }),
});

const runsAtOnce = z
  .int({ error: () => "give a whole number" })
  .min(1, { error: () => "give 1 or more; `npx shipshape pause` holds everything" })
  .max(runsAtOnceMax, { error: () => `give ${runsAtOnceMax} or less` });

/** How many runs there may be at once, over all workers. */
const limitsOf = (operation: ReturnType<typeof operationOf>) =>
  z.strictObject({
    accountAndRegion: runsAtOnce.optional(),
    operations: z.record(operation, runsAtOnce).optional(),
  });

const price = z
  .number({ error: () => "give a number, for example 0.25" })
  .positive({ error: () => "give more than 0; `npx shipshape pause restore-drill` holds drills" })
  .max(priceMax, { error: () => `give ${priceMax} or less` });
const oneOrMore = (prices: Record<string, unknown>) => Object.keys(prices).length > 0;
const noPrice = { error: () => "give one price or more" };

/** What the company pays: a list of ours would be wrong next month, and differs by Region and contract. */
const prices = z.strictObject({
  currency: z
    .string({ error: () => "give the currency, for example USD" })
    .regex(/^[A-Z]{3}$/, { error: () => "give the currency by its three letters, for example USD" }),
  costPerDay: price.optional(),
  instanceHour: z
    .record(
      z.string().regex(/^db(?:\.[a-z0-9-]+)+$/, { error: () => "give an instance class, for example db.r8g.large" }),
      price,
      { error: () => "give the price of an hour by instance class, for example db.r8g.large: 0.25" },
    )
    .refine(oneOrMore, noPrice),
  storageGbMonth: z
    .strictObject(
      {
        gp3: price.optional(),
        gp2: price.optional(),
        io1: price.optional(),
        io2: price.optional(),
        standard: price.optional(),
      },
      {
        error: ({ input }) => (input === undefined ? "give the price of a GB-month, for example gp3: 0.12" : undefined),
      },
    )
    .refine(oneOrMore, noPrice),
});

/** What databases are held to: a file, relative to this one, or a package that exports what `defineStandard` returns. */
const named = z.string({ error: () => "give a YAML file, or a package, as text" }).min(1);

/** With the names of all operations, where they are known: a worker has them. */
export const configurationSchemaOf = (standard: Standard, operations?: readonly string[]) => {
  const operation = operationOf(operations);
  return z.strictObject({
    standard: named.optional(),
    guardrails: guardrailsSection.optional(),
    accounts: accounts.optional(),
    roles: roles.optional(),
    teams: teams.optional(),
    approvals: approvalsOf(standard, operation).optional(),
    changesPerDay: changesPerDay.optional(),
    limits: limitsOf(operation).optional(),
    stacks: stacks.optional(),
    alerts: alerts.optional(),
    prices: prices.optional(),
  });
};
export type Configuration = z.infer<ReturnType<typeof configurationSchemaOf>>;
