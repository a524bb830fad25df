/** Pure: whether a copy may take the place of a team's own database, and what people are told before it does. */
import { copyTagKeys } from "../../../components/standards/fixed";
import type { MaskedCopy } from "../../../components/masked-copy";
import { classificationsOf, environmentsOf, isProduction, type Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import {
  copyStack,
  identityOf,
  type DeclaredDatabase,
  type PlannedChange,
  type TargetDatabase,
} from "../../fleet-records";
import { canonicalJson } from "../../records";
import { digestOf, planStackChange, stackChangeHolds, type ObservedStack } from "../../runner/stack-change";
import type { DatabaseContent } from "../../targets/masked-copy/database-content";
import type { DeclaredShape } from "./declared-shape";

/** A database that a team has declared in a stack of ours, as the cloud, its stack and its server describe it. */
export interface ObservedTeamTarget {
  database: TargetDatabase;
  tags: Record<string, string>;
  stack: ObservedStack;
  shape: DeclaredShape;
  content: DatabaseContent;
}

/** Its content is replaced; all else of it stays. */
export interface TeamTarget {
  tags: Record<string, string>;
  shape: DeclaredShape;
  content: DatabaseContent;
  /** Its stack says afterwards whose data it has, and until when. */
  change: PlannedChange;
}

/** What RDS says of it that decides whether it can be replaced. */
export interface TargetInstance {
  isProtected: boolean;
  hasReplicas: boolean;
  managesPassword: boolean;
  /** To which its storage may grow. */
  storageGibMax: number;
}

/** What is asked of a target, beside itself. */
export interface TargetTerms {
  source: TargetDatabase;
  sourceTags: Record<string, string>;
  sourceShape: DeclaredShape;
  /** Of the source: as much is written to the target. */
  sourceBytes: number;
  environment: string;
  isReachableFrom: boolean;
}

const consenting = ["owner", "dataClassification", "environment", "tier"] as const;

/** The declaration of a team's database: in exactly one stack, as its tags say. Errors: refresh-target-unfit. */
export function declaredTarget(
  database: TargetDatabase,
  tags: Record<string, string>,
  declared: readonly DeclaredDatabase[],
  standard: Standard,
): { shape: DeclaredShape; stack: string } {
  const unfit = unfitting(database.identifier);
  const all = declared.filter((one) => identityOf(one) === identityOf(database));
  const [one] = all;
  if (!one || all.length > 1)
    throw unfit(one ? `${all.map(({ stack }) => stack).join(" and ")} declare it` : "no stack declares it");
  if (one.stack.split("/").at(-1) === copyStack(database.identifier))
    throw unfit("an earlier refresh has made it: without a target, a refresh replaces it");
  const shape = one.decided?.shape as DeclaredShape | undefined;
  if (!one.isStandard || !shape || !one.decided?.hasRoles)
    throw unfit(`${one.stack} has no StandardDatabase that says how it is declared, roles included`);
  const differing = [...consenting.map((name) => standard.tags[name].key), ...Object.values(copyTagKeys)].filter(
    (key) => tags[key] !== one.tags[key],
  );
  if (differing.length > 0) throw unfit(`its tags are not as ${one.stack} says: ${differing.join(", ")}`);
  const { service, size, databaseName, schemaName, furtherSchemas, extensions, postgresMajor } = shape;
  return {
    shape: { service, size, databaseName, schemaName, furtherSchemas, extensions, postgresMajor },
    stack: one.stack,
  };
}

/** Errors: refresh-target-unfit, with everything that keeps it from being a target. */
export function requireFit(
  target: ObservedTeamTarget,
  instance: TargetInstance,
  terms: TargetTerms,
  standard: Standard,
): void {
  const problems = [
    ...whatItIs(target, instance, terms, standard),
    ...howItIsDeclared(target, terms),
    ...target.content.obstacles.map((what) => `PostgreSQL drops no database with ${what}`),
    ...room(target, instance, terms),
  ];
  if (problems.length > 0) throw unfitting(target.database.identifier)(problems.join("; "));
}

function whatItIs(
  { database, tags, stack }: ObservedTeamTarget,
  instance: TargetInstance,
  { source, sourceTags, environment, isReachableFrom }: TargetTerms,
  standard: Standard,
): string[] {
  const { key } = standard.tags.dataClassification;
  const [held, copied] = [tags[key] ?? "unclassified", sourceTags[key] ?? "unclassified"];
  const levels = classificationsOf(standard) as readonly string[];
  const own = tags[standard.tags.environment.key] ?? "unknown";
  return [
    ...(identityOf(database) === identityOf(source) ? ["it is the source"] : []),
    ...(database.account !== source.account || database.region !== source.region
      ? ["it is in another account or Region than the source"]
      : []),
    ...((environmentsOf(standard) as readonly string[]).includes(own) && isProduction(standard, own)
      ? ["it is production"]
      : []),
    ...(own === environment ? [] : [`its environment is ${own}, and ${environment} was asked for`]),
    ...(stack.ownership === "ours" && stack.config
      ? []
      : [`${stack.stack} is no stack of ours: a refresh could not commit to its config until when the copy stays`]),
    ...(held === copied
      ? []
      : [
          levels.indexOf(held) > levels.indexOf(copied)
            ? `it holds ${held} data, which is not to be lost for a copy of ${copied} data`
            : `it is declared for ${held} data, and the copy is ${copied}`,
        ]),
    ...(instance.isProtected ? ["it is protected from deletion: what is in it is meant to stay"] : []),
    ...(instance.hasReplicas ? ["it has read replicas, or is one: they would have a real value that is found"] : []),
    ...(instance.managesPassword ? [] : ["RDS does not manage its master's password, so no worker can log in"]),
    ...(isReachableFrom ? ["its own stack says who may connect to it, so name nobody with the request"] : []),
  ];
}

/** Its stack declares schemas, extensions and privileges, which the copy brings from the source. */
function howItIsDeclared({ shape }: ObservedTeamTarget, { sourceShape }: TargetTerms): string[] {
  const said = {
    postgresMajor: (one: DeclaredShape) => String(one.postgresMajor),
    schemaName: (one: DeclaredShape) => one.schemaName,
    furtherSchemas: (one: DeclaredShape) => [...one.furtherSchemas].sort().join(", ") || "none",
    extensions: (one: DeclaredShape) => [...one.extensions].sort().join(", ") || "none",
  };
  return Object.entries(said).flatMap(([name, of]) =>
    of(shape) === of(sourceShape) ? [] : [`its ${name} is ${of(shape)}, and the source's ${of(sourceShape)}`],
  );
}

/** Until the swap, both contents are there. */
function room(
  { content }: ObservedTeamTarget,
  { storageGibMax }: TargetInstance,
  { sourceBytes }: TargetTerms,
): string[] {
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  return content.instanceBytes + sourceBytes > storageGibMax * 2 ** 30
    ? [
        `its storage of at most ${storageGibMax} GiB has no room for what is there (${gib(content.instanceBytes)} GiB) beside the copy (${gib(sourceBytes)} GiB)`,
      ]
    : [];
}

const unfitting = (target: string) => (problem: string) =>
  new ShipshapeError("refresh-target-unfit", { target, problem });

/** Errors: those of `planStackChange`. */
export function planTeamTarget(
  { tags, shape, content, stack }: ObservedTeamTarget,
  maskedCopy: MaskedCopy,
): TeamTarget {
  const wanted = {
    set: [{ path: ["maskedCopy"], value: { ...maskedCopy } }],
    why: `Its content is a masked copy of ${maskedCopy.source}, until ${maskedCopy.expiresOn}.`,
    requestId: maskedCopy.request,
    expected: [],
  };
  return { tags, shape, content, change: planStackChange(wanted, stack) };
}

/** What people consent to: the size is that of the day on which it was planned. */
export function textOf({ content, change, shape }: TeamTarget, identifier: string, expiresOn: string): string {
  const { tables, bytes } = content;
  return `What is in the database ${shape.databaseName} of ${identifier} today, ${tables} tables with ${(bytes / 2 ** 20).toFixed(1)} MiB, is lost for good:
the masked copy takes its place, and only the backups of ${identifier} still have it.
Its address, roles, logins and passwords stay. Sessions are ended once.
After ${expiresOn} an empty database takes the place of the copy, with all that was written to it by then;
the instance stays. Its storage and its backups keep freed blocks of masked data.

${change.stack} is changed:

${change.text}`;
}

/** Errors: refresh-moved. */
export function requireChange({ change }: TeamTarget, stack: ObservedStack): void {
  if (!stackChangeHolds(change, stack))
    throw new ShipshapeError("refresh-moved", {
      what: "the config",
      identifier: change.stack,
      found: stack.config ? digestOf(stack.config.text).slice(0, 12) : "none",
      approved: change.config?.digest.slice(0, 12) ?? "none",
    });
}

/** Whether it is the database that was approved, however much is in it by now. */
export const teamTargetHolds = (team: TeamTarget, observed: ObservedTeamTarget): boolean =>
  canonicalJson([team.tags, team.shape, team.content.obstacles]) ===
    canonicalJson([observed.tags, observed.shape, observed.content.obstacles]) &&
  stackChangeHolds(team.change, observed.stack);
