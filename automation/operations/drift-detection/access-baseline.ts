/**
 * Pure: what is inside a database against what its stack declares there: who may log in, who is a member of what, who
 * may do what with which objects, whose they are. Each file has one part; own-of-rds.ts leaves out what RDS brings.
 */
import { severities } from "../../../policypacks/database-guardrails/judging/rule";
import type { Check } from "../../records";
import type { AccessCatalog, NamedObject } from "../../targets/access-catalog";
import type { SecretLogin } from "../../targets/secret-login";
import { drifted } from "./access-difference";
import type { DeclaredSecret, DesiredAccess } from "./desired-access";
import type { Difference } from "./differences";
import { differencesMax, namedMax } from "./limits";
import { shortName } from "./known-differences";
import { objectDifferences } from "./object-differences";
import { ownOfRds } from "./own-of-rds";
import { privilegeDifferences } from "./privilege-differences";
import { roleDifferences } from "./role-differences";

/** What was compared inside the database. */
export interface AccessComparison {
  database: string;
  /** How much there is, for people: null if nothing could be read. */
  read: { roles: number; objects: number; logins: number } | null;
  /** What could not be read is among them. */
  differences: Difference[];
  differencesLeftOut: number;
}

export const accessDifferences = (desired: DesiredAccess, found: AccessCatalog): Difference[] => {
  const own = ownOfRds(found, desired.master);
  return [
    ...roleDifferences(desired, found, own),
    ...privilegeDifferences(desired, found, own),
    ...objectDifferences(desired, found, own),
    ...desired.elsewhere.map((name) =>
      unreadable(name, "it is declared in another database of the instance, which is not read"),
    ),
  ];
};

/** The objects that must not be counted together with others like them. */
export const namedObjects = ({ schemas, grants }: DesiredAccess): NamedObject[] => [
  ...[
    ...new Set([
      ...schemas.keys(),
      "public",
      ...grants.filter(({ kinds }) => kinds.includes("schema")).flatMap(({ objects }) => objects),
    ]),
  ].map((name) => ({ kind: "schema" as const, schema: "", name })),
  ...grants
    .filter(({ kinds }) => !kinds.includes("schema") && !kinds.includes("database"))
    .flatMap(({ kinds, schema, objects }) =>
      kinds.flatMap((kind) => objects.map((name) => ({ kind, schema: schema ?? "", name }))),
    ),
];

/** A secret that others wrote, that leads elsewhere, or that does not log in. */
export function secretDifferences(
  { urn, type, usernames }: DeclaredSecret,
  { isWritten, elsewhere, login, reason }: SecretLogin,
): Difference[] {
  const written = { urn, type, desired: "as the stack wrote it", actual: "another value, which is not shown" };
  const differences = elsewhere.map((field) =>
    drifted({
      ...{ ...written, property: `secretString.${field}` },
      // Clients go where it says, with the password.
      severity: field === "host" || field === "port" ? "critical" : "high",
      reason: "it leads clients elsewhere",
    }),
  );
  if (isWritten && elsewhere.length === 0)
    differences.push(
      drifted({
        ...{ ...written, property: "secretString", severity: login === "refused" ? "high" : "medium" },
        reason: "it was written by others; the next up of the stack adopts a password that logs in",
      }),
    );
  if (login === "unknown") differences.push({ ...unreadable(urn, reason), type });
  if (login === "refused")
    differences.push(
      drifted({
        ...{ urn, type, property: "login", actual: "refused", severity: "high" },
        desired: `the secret logs in${usernames ? ` as ${usernames[0]}` : ""}`,
        reason: `the secret no longer logs in: ${reason}`,
        remedy: "write the password that the database has to the secret; or npx shipshape request password-rotation",
      }),
    );
  return differences;
}

export function accessWasRead({ database, read, differences }: AccessComparison): Check {
  const reasons = differences
    .filter((one) => one.class === "unreadable")
    .map(({ urn, reason }) => `${shortName(urn)}: ${reason}`);
  const { roles = 0, objects = 0, logins = 0 } = read ?? {};
  const pass = `${roles} roles, the privileges on ${objects} objects and ${logins} secrets were read in ${database}`;
  return {
    name: "access-was-read",
    verdict: reasons.length === 0 ? "pass" : "inconclusive",
    explanation: reasons.length === 0 ? pass : reasons.slice(0, namedMax).join("; "),
    figures: { roles, objects, logins, unread: reasons.length },
  };
}

/** Whether the catalogs were read, and all that differs is listed. What could not be tried is unread for itself. */
export const isAccessWhole = ({ read, differencesLeftOut }: AccessComparison): boolean =>
  read !== null && differencesLeftOut === 0;

/** The places of secrets that could not be tried: what was found of them before is not gone. */
export const untried = ({ differences }: AccessComparison): Difference[] =>
  differences.filter((one) => one.class === "unreadable");

export const unreadable = (name: string, reason: string): Difference => ({
  ...{ urn: name, type: "postgresql", property: null, desired: "compared", actual: "could not be read" },
  ...{ class: "unreadable", reason, severity: "high", breaks: [] },
});

/** The worst first, and no more than a run keeps. */
export function bounded(database: string, read: AccessComparison["read"], all: Difference[]): AccessComparison {
  const sorted = [...all].sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity));
  const differences = sorted.slice(0, differencesMax);
  return { database, read, differences, differencesLeftOut: all.length - differences.length };
}
