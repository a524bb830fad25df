import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";
import { retentionDaysMax } from "./limits";

const name = (what: string) =>
  z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, `give ${what}, in lower-case words joined by hyphens`);

const tableName = /(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")\.(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")/.source;

const fields = z.strictObject({
  database: databaseField("the database that is copied, masked"),
  ...locationFields,
  environment: name("an environment of the standard")
    .max(63)
    .meta({ description: "the environment that gets the copy, such as staging", placeholder: "name" }),
  target: databaseField(
    "a database of that environment whose content the copy replaces, declared in a stack of ours; by default the refresh has one of its own",
  ).optional(),
  profile: name("the name of a masking profile").max(63).optional().meta({
    description:
      "the masking profile: the name of its file without .masking.yaml; the database's identifier by default",
    placeholder: "name",
  }),
  fromCopy: databaseField(
    "an earlier masked copy of the database that nobody has written to: the new one is restored from a snapshot of it, and nothing is masked",
  ).optional(),
  retentionDays: z
    .number()
    .int("give whole days")
    .min(1, "give at least 1 day")
    .max(retentionDaysMax, `give at most ${retentionDaysMax} days`)
    .meta({ description: "after so many days the copy expires" }),
  at: z.iso
    .datetime({
      offset: true,
      precision: 0,
      error: "give a date and time in whole seconds, such as 2026-03-01T10:00:00Z",
    })
    .optional()
    .meta({ description: "copy the data of this second instead of the latest", placeholder: "time" }),
  reachableFrom: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]*=sg-[0-9a-f]+(,[a-z][a-z0-9-]*=sg-[0-9a-f]+)*$/,
      "give clients with their security groups, such as orders-api=sg-0a1b2c3d4e5f60001, with commas between",
    )
    .optional()
    .meta({ description: "who may connect to the copy: client=security group, with commas between" }),
  tables: z
    .string()
    .regex(new RegExp(`^${tableName}(?:,${tableName})*$`), "give tables as schema.table, with commas between")
    .optional()
    .meta({
      description: "copy only the rows of these, such as public.customers,public.orders; the other tables stay empty",
      placeholder: "names",
    }),
  withReferenced: z
    .boolean()
    .optional()
    .meta({ description: "with tables: the rows of tables that their keys refer to, too" }),
  subset: name("the name of a subset").max(63).optional().meta({
    description:
      "copy a subset: the name of its file without .subset.yaml, which says the root table, the condition and the keys",
    placeholder: "name",
  }),
  schemaOnly: z.boolean().optional().meta({ description: "copy no row: all tables are there, and empty" }),
});

/** What of the database is copied: one of them, or none for all of it. */
const parts = ["tables", "subset", "schemaOnly"] as const;

/** The input of a refresh. */
export const environmentRefreshRequest = fields
  .refine((given) => parts.filter((name) => given[name] !== undefined && given[name] !== false).length <= 1, {
    path: ["tables"],
    message: "give only one of tables, subset and schemaOnly",
  })
  .refine(({ fromCopy, at, target, ...given }) => !fromCopy || !(at ?? target ?? parts.find((name) => given[name])), {
    path: ["fromCopy"],
    message: "the copy has the moment and the part of the earlier one, and a target of its own: give none of them",
  })
  .refine(({ withReferenced, tables }) => !withReferenced || tables !== undefined, {
    path: ["withReferenced"],
    message: "it says what comes with tables: give tables, too",
  });
export type EnvironmentRefreshRequest = z.infer<typeof environmentRefreshRequest>;

/** The tables whose rows are asked for. A name that SQL quotes may contain a comma. */
export const tablesIn = ({ tables }: EnvironmentRefreshRequest): string[] | undefined =>
  tables?.match(new RegExp(tableName, "g")) ?? undefined;

export const environmentRefreshDescription: OperationDescription<EnvironmentRefreshRequest> = {
  name: "environment-refresh",
  version: 1,
  owner: "platform",
  title: "give an environment a masked copy of a database: approved, searched for leaks, and with an expiry",
  examples: [
    '--database orders-production --environment staging --retention-days 14 --reason "release 42 is tested" --plan-only',
    '--database orders-production --environment staging --profile orders --retention-days 14 --reason "release 42 is tested"',
    '--database orders-production --environment staging --target orders-staging --retention-days 14 --reason "release 42 is tested"',
    '--database orders-production --environment staging --retention-days 3 --at 2026-03-01T10:00:00Z --reason "the state before the incident"',
    '--database orders-production --environment staging --tables public.products --with-referenced --retention-days 14 --reason "the catalog alone"',
    '--database orders-production --environment development --from-copy orders-staging --retention-days 7 --reason "the same data, at once"',
    '--database orders-production --environment staging --subset one-region --retention-days 14 --reason "a copy that fits a laptop"',
  ],
  effect: "changes",
  request: environmentRefreshRequest,
};
