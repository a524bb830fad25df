/**
 * The floor: what no standard may go below. It is compiled in, so that no file can move it. A file that goes below is
 * refused, by its check and by whatever reads it: programs, guardrails, workers. An entry of `belowFloor` lets it go
 * below where that may be waived, until its last day.
 */
import { builtIn } from "./built-in";
import type { Standard, StandardContent } from "./standard";

interface Floor {
  /** Of the figure; `*` is any one part, `strictest` the first tier. */
  path: string;
  /** The least, in words. */
  least: string;
  holds(value: never, at: readonly string[]): boolean;
  waivable: boolean;
  why: string;
}

const atLeast = (min: number) => (value: number) => value >= min;
const atMost = (max: number) => (value: number) => value <= max;
const equal = (wanted: unknown) => (value: unknown) => value === wanted;
const ownMajor = (at: readonly string[]) => builtIn.postgres.majors[Number(at[2]) as 17];
const listed = (value: unknown, ...wanted: string[]): boolean =>
  typeof value === "string" && wanted.every((one) => value.split(/\s*,\s*/).includes(one));
/** Guessed first in every attack. */
export const guessed = ["postgres", "admin", "administrator", "root", "master", "rdsadmin", "awsuser", "user", "dba"];

export const floors: readonly Floor[] = [
  {
    path: "tiers.*.*.backupRetentionDays",
    least: "7",
    holds: atLeast(7),
    waivable: true,
    why: "damage is often noticed only after days (Security Hub RDS.11)",
  },
  {
    path: "tiers.*.*.drillEveryDays",
    least: "90 at most",
    holds: atMost(90),
    waivable: true,
    why: "backups that nobody has restored for a quarter are a hope",
  },
  {
    path: "tiers.*.production.protected",
    least: "true",
    holds: equal(true),
    waivable: false,
    why: "a single mistake must not delete a production database",
  },
  {
    path: "tiers.*.production.retainAutomatedBackups",
    least: "true",
    holds: equal(true),
    waivable: true,
    why: "AWS deletes automated backups with the database",
  },
  {
    path: "tiers.strictest.production.multiAz",
    least: "true",
    holds: equal(true),
    waivable: true,
    why: "an unknown tier is judged as this one (Security Hub RDS.5)",
  },
  {
    path: "tiers.strictest.production.unprovenRecovery",
    least: "owner-approves or denied",
    holds: (value: string) => ["owner-approves", "denied"].includes(value),
    waivable: true,
    why: "an unknown tier is judged as this one",
  },
  {
    path: "logs.retentionDays.*",
    least: "30",
    holds: atLeast(30),
    waivable: true,
    why: "the cause of an incident must not be gone before it is investigated (CloudWatch.16)",
  },
  {
    path: "postgres.majors.*.minimumMinor",
    least: "ours",
    holds: (value: number, at: readonly string[]) => value >= (ownMajor(at)?.minimumMinor ?? Infinity),
    waivable: true,
    why: "older minors have known holes",
  },
  {
    path: "postgres.majors.*.approvedUntil",
    least: "ours",
    holds: (value: string, at: readonly string[]) => value <= (ownMajor(at)?.approvedUntil ?? ""),
    waivable: true,
    why: "no fixes exist after the community's last release",
  },
  ...(
    [
      ["rds.force_ssl", "1", false, "passwords and rows would cross the network in clear text (Security Hub RDS.38)"],
      ["password_encryption", "scram-sha-256", false, "md5 hashes can be replayed"],
      ["log_connections", "1", true, "a log without logins proves nothing (Security Hub RDS.36)"],
      ["log_disconnections", "1", true, "a log without logins proves nothing (Security Hub RDS.36)"],
      ["track_commit_timestamp", "1", true, "nothing else tells which commit a restored copy reached"],
    ] as const
  ).map(([name, value, waivable, why]): Floor => {
    const least = `"${value}"`;
    return { path: `postgres.parameters.${name}`, least, holds: equal(value), waivable, why };
  }),
  {
    path: "postgres.parameters.pgaudit.log",
    least: "ddl and role among them",
    holds: (value: string) => listed(value, "ddl", "role") || value === "all",
    waivable: true,
    why: "changes of structure and of rights are what an audit asks for first",
  },
  {
    path: "postgres.parameters.shared_preload_libraries",
    least: "pg_stat_statements and pgaudit among them",
    holds: (value: string) => listed(value, "pg_stat_statements", "pgaudit"),
    waivable: true,
    why: "without them nothing is audited",
  },
  {
    path: "birth.masterUsername",
    least: `none of ${guessed.join(", ")}`,
    holds: (value: string) => typeof value === "string" && !guessed.includes(value),
    waivable: false,
    why: "attackers try these first (Security Hub RDS.25)",
  },
];

/** A figure below the floor. */
export interface BelowTheFloor {
  path: string;
  value: unknown;
  reason: string;
}

/** Every figure that is below the floor without a valid exception, and every exception that is wrong or not needed. */
export function belowTheFloor(content: StandardContent | Standard, today: string): BelowTheFloor[] {
  const { belowFloor } = content as StandardContent;
  const needed = new Set<string>();
  const found = floors.flatMap((floor) =>
    figuresAt(content, floor.path.replace("strictest", content.tierOrder[0] ?? "")).flatMap(({ path, value }) => {
      if (floor.holds(value as never, path)) return [];
      const at = path.join(".");
      const waiver = belowFloor.find((one) => one.path === at);
      needed.add(at);
      const reason = `is below the floor, ${floor.least}: ${floor.why}`;
      if (!floor.waivable) return [{ path: at, value, reason: `${reason}. This floor has no exceptions` }];
      if (!waiver)
        return [{ path: at, value, reason: `${reason}. Change it, or add an entry to belowFloor with path ${at}` }];
      if (waiver.expiresOn >= today) return [];
      return [
        { path: at, value, reason: `${reason}. The exception of ${waiver.owner} expired on ${waiver.expiresOn}` },
      ];
    }),
  );
  return [...found, ...belowFloor.flatMap((waiver, at) => wrongWaiver(waiver, at, needed, today))];
}

/** As waivers of guardrails: about half a year, and nobody approves their own. */
const exceptionDaysMax = 180;

function wrongWaiver(
  { path, owner, approver, expiresOn }: StandardContent["belowFloor"][number],
  at: number,
  needed: ReadonlySet<string>,
  today: string,
): BelowTheFloor[] {
  const last = new Date(Date.parse(today) + exceptionDaysMax * 86_400_000).toISOString().slice(0, 10);
  const problem = (field: string, value: unknown, reason: string) => [
    { path: `belowFloor.${at}.${field}`, value, reason },
  ];
  if (!needed.has(path)) return problem("path", path, "no figure of this path is below the floor; remove the entry");
  if (owner === approver) return problem("approver", approver, "is the owner; someone else has to approve it");
  return expiresOn > last
    ? problem("expiresOn", expiresOn, `give ${last} at most, ${exceptionDaysMax} days ahead`)
    : [];
}

/**
 * Every figure of a path with `*`. One that is missing is undefined, and so below its floor: a value that was made
 * elsewhere may lack any. Names of parameters contain dots.
 */
function figuresAt(content: object, path: string): { path: string[]; value: unknown }[] {
  const parameter = /^postgres\.parameters\.(.+)$/.exec(path)?.[1];
  if (parameter !== undefined) {
    const values = (content as StandardContent).postgres.parameters.filter(({ name }) => name === parameter);
    return (values.length > 0 ? values : [{ value: undefined }]).map(({ value }) => ({
      path: ["postgres", "parameters", parameter],
      value,
    }));
  }
  return path.split(".").reduce(
    (found: { path: string[]; value: unknown }[], step) =>
      found.flatMap(({ path: at, value }) =>
        (step === "*" ? Object.keys(value ?? {}) : [step]).map((key) => ({
          path: [...at, key],
          value: (value as Record<string, unknown> | undefined)?.[key],
        })),
      ),
    [{ path: [], value: content }],
  );
}
