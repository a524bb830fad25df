/**
 * A role of a database, its password and secret, and, once the password was rotated, the logins that others log in by.
 */
import type * as rds from "@pulumi/aws/rds";
import * as secretsmanager from "@pulumi/aws/secretsmanager";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { generatedPassword, passwordWithSecret } from "./master-login";
import { controlSchema } from "./standards/fixed";
import type { RoleName } from "./standards/names";
import { loginsOf, type RoleRotation } from "./standards/rotated-logins";
import { part, type Standard } from "./standards/standard";
import type { StandardShape } from "./standard-shape";
import type { Tags } from "./tags";

/**
 * One login of a database, as consumers need it. With `authentication: "iam"` there is no secret, and the connection
 * string has no password.
 */
export interface RoleLogin {
  /** The role's name, or, once its password was rotated, that of the login in use: `readwrite_a`. */
  username: string;
  connectionString: pulumi.Output<string>;
  secretArn: pulumi.Output<string> | undefined;
}

export interface AccessSettings {
  standard: Standard;
  instance: rds.Instance;
  connection: postgresql.Provider;
  keyArn: pulumi.Input<string>;
  tags: Tags;
  /** The roles came with the backup the database was restored from: they are adopted, not created. */
  rolesExist: boolean;
  /** How often the password of each role was rotated. */
  rotation: Partial<Record<RoleName, RoleRotation>>;
}

export interface RoleResources {
  /** The role, and what others log in as it by. */
  resources: postgresql.Role[];
  /** Their names. */
  names: string[];
  login: RoleLogin;
  secretVersion: pulumi.Resource | undefined;
}

/** `groups` are the roles that it is a member of and that the component creates. */
export function roleWithLogins(
  name: string,
  role: RoleName,
  shape: StandardShape,
  settings: AccessSettings,
  groups: RoleResources[],
  aside: pulumi.CustomResourceOptions,
  sql: pulumi.CustomResourceOptions,
): RoleResources {
  const { secretName, authentication, statementTimeoutMilliseconds } = shape.roles[role];
  const standard = part(settings.standard.roles, role);
  const { roleMayLogIn, logins } = loginsOf(role, settings.rotation[role] ?? { generation: 0 });
  const kept = secretName
    ? passwordWithSecret(
        `${name}-${role}`,
        {
          secretName,
          purpose: `${role} of ${shape.identifier}: ${standard.purpose}`,
          recoveryDays: shape.secretRecoveryDays,
          keyArn: settings.keyArn,
          tags: settings.tags,
        },
        aside,
      )
    : undefined;
  // What PostgreSQL does not pass on to the members of a role: each login has all of it.
  const ofEachLogin = {
    encryptedPassword: true,
    superuser: false,
    createRole: false,
    createDatabase: false,
    replication: false,
    bypassRowLevelSecurity: false,
    inherit: true,
    validUntil: "infinity",
    connectionLimit: standard.connectionLimit,
    searchPaths: searchPath(role, shape),
    statementTimeout: statementTimeoutMilliseconds,
    idleInTransactionSessionTimeout: standard.idleInTransactionTimeoutMilliseconds,
    // If the role is ever removed from the program, its tables must not silently be reassigned to the master.
    skipReassignOwned: true,
    skipDropRole: false,
  };
  const resource = new postgresql.Role(
    `${name}-role-${role}`,
    {
      ...ofEachLogin,
      name: role,
      login: roleMayLogIn,
      ...(kept && logins.length === 0 ? { password: kept.password } : {}),
      // All memberships in one place: a separate resource for one of them would conflict with this list. To end a
      // session, one must be a member of what it logged in as.
      roles: [
        ...new Set([...standard.memberOf, ...groups.flatMap(({ names }) => names)]),
        ...(authentication === "iam" ? ["rds_iam"] : []),
      ],
    },
    {
      ...sql,
      dependsOn: groups.flatMap(({ resources }) => resources),
      protect: role === "owner" && shape.protect,
      ...(settings.rolesExist ? { import: role } : {}),
      // The secret has that of the login in use by now. A client that has read the role's own may use it until the role
      // is locked.
      ...(logins.length > 0 ? { ignoreChanges: ["password"] } : {}),
    },
  );
  const rotated = logins.map(({ username, side, passwords, mayLogIn }) => {
    const password = generatedPassword(`${name}-${role}-${side}`, aside, { generation: String(passwords) });
    const login = new postgresql.Role(
      `${name}-role-${role}-${side}`,
      // It owns nothing: what it creates belongs to the role, so that the other login can change it.
      { ...ofEachLogin, name: username, login: mayLogIn, password, roles: [role], assumeRole: role },
      { ...sql, dependsOn: [resource] },
    );
    return { username, password, login };
  });
  const [inUse] = rotated;
  const username = inUse?.username ?? role;
  const password = kept && (inUse?.password ?? kept.password);
  const string = connectionString(username, settings.instance, shape, password);
  const secretVersion = kept
    ? new secretsmanager.SecretVersion(
        `${name}-${role}-secret-version`,
        {
          secretId: kept.secret.arn,
          secretString: pulumi.jsonStringify({
            engine: "postgres",
            host: settings.instance.address,
            port: settings.instance.port,
            dbname: shape.databaseName,
            username,
            password,
            url: string,
          }),
        },
        // Nobody may read of a login before it can be used.
        inUse ? { ...aside, dependsOn: [inUse.login] } : aside,
      )
    : undefined;
  return {
    resources: [resource, ...rotated.map(({ login }) => login)],
    names: [role, ...rotated.map((one) => one.username)],
    login: { username, connectionString: string, secretArn: kept?.secret.arn },
    secretVersion,
  };
}

/** The schema the role works in comes first; `public` contains only extensions. */
function searchPath(role: RoleName, shape: StandardShape): string[] {
  return role === "shipshape" ? [controlSchema, "public"] : [shape.schemaName, "public"];
}

/**
 * It does not contain the CA file: each consumer names its own. Nor session settings (`options`): poolers refuse them,
 * and a lock timeout would leave an invalid index behind every CREATE INDEX CONCURRENTLY that has to wait.
 */
function connectionString(
  username: string,
  instance: rds.Instance,
  shape: StandardShape,
  password: pulumi.Output<string> | undefined,
): pulumi.Output<string> {
  // A rotated password may contain characters that are special in a URL.
  const login = password ? pulumi.interpolate`${username}:${password.apply(encodeURIComponent)}` : username;
  return pulumi.secret(
    pulumi.interpolate`postgresql://${login}@${instance.address}:${instance.port}/${shape.databaseName}?sslmode=verify-full`,
  );
}
