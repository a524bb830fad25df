/**
 * Pure: what RDS and PostgreSQL bring themselves, and no stack declares: left out of the comparison by rule. A rule
 * never trusts a name alone that the owner of a database could give to something of their own.
 */
import type { AccessCatalog, ObjectGroup } from "../../targets/access-catalog";

/** The role that is RDS itself: a superuser that nobody else can log in as, grant or change. */
const rdsAdmin = "rdsadmin";

/** Every role of RDS for PostgreSQL that is known by its name: no customer can create one that exists. */
const rdsRoles = new Set([
  rdsAdmin,
  ...["rds_superuser", "rds_replication", "rds_password", "rds_iam", "rds_ad", "rds_extension", "rds_reserved"],
  ...["rdsrepladmin", "rdstopmgr", "rdsproxyadmin", "rdswriteforwarduser"],
]);

/** Databases that every instance has. */
const rdsDatabases = new Set(["postgres", "template0", "template1", rdsAdmin]);

export interface Own {
  /** A role of PostgreSQL or of RDS. */
  role(name: string): boolean;
  database(name: string): boolean;
  /** Whether nobody declares a grant of these objects to that role, because RDS gives it. */
  grant(group: ObjectGroup, grantee: string | null): boolean;
  membership(role: string, member: string): boolean;
}

export function ownOfRds({ roles, memberships }: Pick<AccessCatalog, "roles" | "memberships">, master: string): Own {
  const known = (name: string) =>
    // PostgreSQL refuses names that begin with pg_ for everything but its predefined roles.
    name.startsWith("pg_") || rdsRoles.has(name);
  /** A later version of RDS may have more; one that nobody logs in by or is a member of gives nobody anything. */
  const isLater = (name: string) =>
    name.startsWith("rds") &&
    roles.some((role) => role.name === name && !role.login) &&
    memberships.every((one) => one.role !== name || one.member === master || known(one.member));
  const role = (name: string) => known(name) || isLater(name);
  return {
    role,
    database: (name) => rdsDatabases.has(name),
    grant: ({ kind, ofExtension }, grantee) =>
      grantee === rdsAdmin || // it may do everything in any case
      // RDS lets its master use what an extension reserves for superusers, and one parameter.
      (grantee !== null && rdsRoles.has(grantee) && (ofExtension || kind === "parameter")),
    membership: (of, member) =>
      // How PostgreSQL's and RDS's roles contain each other.
      (role(of) && role(member)) ||
      // The master made these roles, so it may join them whenever it likes, and does around the statements of an `up`;
      // and what RDS gives it.
      (member === master && !of.startsWith("pg_")),
  };
}
