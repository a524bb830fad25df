/** Pure: the roles of a database, their attributes, memberships and settings, against what its stack declares. */
import type { AccessCatalog, FoundRole } from "../../targets/access-catalog";
import { shownText } from "../../targets/shown-text";
import { drifted, roleName, unmanaged } from "./access-difference";
import { attributeSeverity, membershipSeverity, settingSeverity } from "./access-protection";
import type { DeclaredRole, DesiredAccess } from "./desired-access";
import type { Difference } from "./differences";
import type { Own } from "./own-of-rds";

const type = "postgresql:index/role:Role";

export const roleDifferences = (desired: DesiredAccess, found: AccessCatalog, own: Own): Difference[] => [
  ...attributes(desired, found),
  ...undeclaredRoles(desired, found, own),
  ...memberships(desired, found, own),
  ...settings(desired, found, own),
];

/** The instance's master, as RDS creates it (RDS User Guide, "Understanding the rds_superuser role"). */
const masterAttributes: DeclaredRole["attributes"] = {
  ...{ superuser: false, createRole: true, createDatabase: true, replication: false, bypassRowLevelSecurity: false },
  ...{ login: true, inherit: true, connectionLimit: -1, validUntil: null },
};

function attributes({ roles, master }: DesiredAccess, found: AccessCatalog): Difference[] {
  const byName = new Map(found.roles.map((role) => [role.name, role]));
  const differing = (role: FoundRole, of: Pick<Difference, "urn" | "type">, wanted: DeclaredRole["attributes"]) =>
    Object.entries(wanted)
      .filter(([name, value]) => role[name as keyof FoundRole] !== value && !isSameMoment(role, name, value))
      .map(([property, value]) => {
        const actual = shown(role[property as keyof FoundRole]);
        return drifted({ ...of, property, desired: shown(value), actual, severity: attributeSeverity(property) });
      });
  const rds = byName.get(master);
  return [
    ...[...roles.values()].flatMap(({ urn, name, attributes: wanted }) => {
      const role = byName.get(name);
      if (role) return differing(role, { urn, type }, wanted);
      const reason = "it was dropped, or renamed";
      return [drifted({ urn, type, desired: "exists", actual: "is gone", severity: "critical", reason })];
    }),
    ...(rds ? differing(rds, { urn: `role ${roleName(master)}`, type: "postgresql" }, masterAttributes) : []),
  ];
}

const shown = (value: unknown): string => (value === null ? "no end" : String(value));

/** "2031-05-05" is declared, "2031-05-05 00:00:00+00" found. */
function isSameMoment({ validUntil }: FoundRole, name: string, wanted: unknown): boolean {
  if (name !== "validUntil" || typeof wanted !== "string" || validUntil === null) return false;
  const [one, other] = [wanted, validUntil].map((text) =>
    Date.parse(/^[\d-]+$/.test(text) ? `${text}T00:00:00Z` : text),
  );
  return one === other;
}

function undeclaredRoles({ roles, master }: DesiredAccess, found: AccessCatalog, own: Own): Difference[] {
  return found.roles
    .filter(({ name }) => !roles.has(name) && name !== master && !own.role(name))
    .map((role) => {
      const may = (
        ["superuser", "replication", "bypassRowLevelSecurity", "createRole", "createDatabase", "login"] as const
      ).filter((attribute) => role[attribute]);
      const severity = may[0] === undefined ? "medium" : attributeSeverity(may[0]);
      return unmanaged({
        ...{ urn: `role ${roleName(role.name)}`, desired: "no such role", severity },
        actual: may.length > 0 ? `exists, with ${may.join(", ")}` : "exists, and cannot log in",
        remedy: `declare it, or take it away as the master: drop role ${roleName(role.name)}`,
      });
    });
}

function memberships(
  { roles, memberships: declared, master }: DesiredAccess,
  found: AccessCatalog,
  own: Own,
): Difference[] {
  const wanted = [
    ...[...roles.values()].flatMap(({ urn, name, memberOf }) =>
      memberOf.map((role) => ({ urn, type, member: name, role, admin: false })),
    ),
    ...declared,
  ];
  const names = new Set(found.roles.map(({ name }) => name));
  const isOf = (one: { role: string; member: string }) => (other: { role: string; member: string }) =>
    one.role === other.role && one.member === other.member;
  const missing = wanted
    // Of a role that is gone itself, that is said.
    .filter((one) => names.has(one.member) && names.has(one.role) && !found.memberships.some(isOf(one)))
    .map((one) =>
      drifted({
        ...{ urn: one.urn, type: one.type, property: `roles.${shownText(one.role)}`, desired: "a member" },
        ...{ actual: "not a member", severity: "medium" },
      }),
    );
  const others = found.memberships.flatMap((one): Difference[] => {
    const { role, member } = one;
    const severity = membershipSeverity(role, master);
    const matching = wanted.filter(isOf(one));
    if (matching.length === 0) {
      if (own.membership(role, member)) return [];
      const urn = `${roleName(member)} in ${roleName(role)}`;
      const remedy = `declare it, or take it away as the master: revoke ${roleName(role)} from ${roleName(member)}`;
      const actual = `a member${one.admin ? ", which may admit others" : ""}`;
      return [unmanaged({ urn, desired: "not a member", actual, severity, remedy })];
    }
    const [{ urn, type: of }] = matching as [(typeof wanted)[number]];
    const inherits = roles.get(member)?.attributes["inherit"] !== false;
    const options: [string, boolean, boolean | null][] = [
      ["admin", matching.some(({ admin }) => admin), one.admin],
      ["inherit", inherits, one.inherit],
      ["set", true, one.set],
    ];
    return options
      .filter(([, want, have]) => have !== null && want !== have)
      .map(([option, want, have]) =>
        drifted({
          ...{
            urn,
            type: of,
            property: `roles.${shownText(role)}.${option}`,
            desired: String(want),
            actual: String(have),
          },
          severity: option === "admin" ? severity : "medium",
        }),
      );
  });
  return [...missing, ...others];
}

function settings({ roles, master }: DesiredAccess, found: AccessCatalog, own: Own): Difference[] {
  const everywhere = (of: string) => found.settings.filter(({ role, here }) => role === of && !here);
  const declared = [...roles.values()].flatMap(({ urn, name: of, settings: wanted }): Difference[] => {
    if (!found.roles.some(({ name }) => name === of)) return [];
    const has = new Map(everywhere(of).map(({ name, value }) => [name, value]));
    return Object.entries(wanted)
      .filter(([name, value]) => !has.has(name) || plain(name, has.get(name)!) !== plain(name, value))
      .map(([name, value]) =>
        drifted({
          ...{ urn, type, property: `settings.${name}`, desired: value, actual: shownSetting(name, has.get(name)) },
          severity: settingSeverity(name),
        }),
      );
  });
  const others = found.settings
    // Those of a role that no stack declares are that role's.
    .filter(({ role }) => role === null || role === master || roles.has(role))
    .filter(({ role, name, here }) => here || role === null || !(name in (roles.get(role)?.settings ?? {})))
    .filter(({ role }) => role === null || !own.role(role))
    .map(({ role, here, name, value }) => {
      const of = role === null ? "all roles" : roleName(role);
      const scope = here ? `${of} in this database` : of;
      return unmanaged({
        ...{ urn: `setting ${shownText(name)} of ${scope}`, desired: "not set", actual: shownSetting(name, value) },
        severity: settingSeverity(name),
        remedy: `declare it in the parameters of the database, or take it away: alter role … reset ${shownText(name)}`,
      });
    });
  return [...declared, ...others];
}

/** A setting of an application's own may be a key: it is compared, and not shown. */
const shownSetting = (name: string, value: string | undefined): string =>
  value === undefined ? "not set" : name.includes(".") && !name.startsWith("pgaudit.") ? "a value" : shownText(value);

const units: Record<string, number> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** The same in one notation: 1min is 60000 ms, and a search path is a list of names. */
function plain(name: string, value: string): string {
  if (name === "search_path")
    return value
      .split(/,\s*/)
      .map((path) => path.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"'))
      .join(", ");
  const [, number, unit = "ms"] = /^(\d+)\s*(us|ms|s|min|h|d)?$/.exec(value) ?? [];
  return name.endsWith("timeout") && number !== undefined ? String(Number(number) * units[unit]!) : value;
}
