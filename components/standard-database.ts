import * as rds from "@pulumi/aws/rds";
import * as pulumi from "@pulumi/pulumi";
import { accessRoles } from "./access-roles";
import { alarm, fittingAlarm, standardAlarms } from "./alarms";
import { databaseArgumentsOf } from "./arguments";
import { parseInput } from "./input-errors";
import type { PlatformReference, StandardDatabaseArgs } from "./database-request";
import { resolvedEngineVersion } from "./engine-version";
import { finalSnapshotIdentifier, instanceArguments, instanceOptions } from "./instance";
import { destroyGuard } from "./destroy-guard";
import type { HandedOverDatabase, HandOver, HandOverTarget } from "./hand-over";
import { handedOver, handOverAs } from "./handed-over";
import { logGroups } from "./log-groups";
import { adminConnection, masterLogin } from "./master-login";
import { secretNameOf } from "./names";
import { ownParameterGroups } from "./parameter-group";
import { programRegion, programStandard } from "./program-standard";
import { remainsAfterDestroy } from "./remains-after-destroy";
import type { RoleLogin } from "./role-logins";
import { readReplicas, versionAfterReplicas } from "./read-replicas";
import { programRotation } from "./rotation";
import { runningInstance, runningShape } from "./running-instance";
import { securityGroup } from "./security-group";
import { standardShape, standardTags, type StandardShape } from "./standard-shape";
import type { RoleName } from "./standards/names";
import { tierStandard, type HeldStandard } from "./standards/standard";

/**
 * PostgreSQL on RDS according to the standard: encrypted, backed up, monitored, owned, and accessible to named roles
 * only.
 *
 * A team declares service, owner, environment, tier, size, data classification, cost center and platform; see
 * `DatabaseRequest` for the rest and the defaults.
 *
 * @throws pulumi.RunError, once, before anything is created, with a line `path: reason (given …)` for each wrong
 *   argument; later, where the platform has no parameter group for the requested major version. A database that `up`
 *   cannot reach is a warning, `database-unreachable`.
 *
 * @example
 * ```ts
 * const orders = new StandardDatabase("orders", {
 *   service: "orders", owner: "team-orders", environment: "production",
 *   tier: "gold", size: "small", dataClassification: "confidential", costCenter: "4711",
 *   platform, reachableFrom: { "orders-api": apiSecurityGroup.id },
 * });
 * export const url = orders.connectionStrings.readwrite;
 * ```
 */
export class StandardDatabase extends pulumi.ComponentResource {
  /** The standard that it follows. */
  readonly standard: HeldStandard;
  /** Everything that the standard decided, with its inputs: known before anything is created. */
  readonly shape: StandardShape;
  /** `<address>:<port>` of each read replica, for clients that only read; empty without `replicas`. */
  readonly readerEndpoints: pulumi.Output<string[]>;
  /** `<address>:<port>`. */
  readonly endpoint: pulumi.Output<string>;
  /** The host name, which the certificate names. */
  readonly address: pulumi.Output<string>;
  /** PostgreSQL's, 5432 on AWS unless an imported database has another. */
  readonly port: pulumi.Output<number>;
  /** The application's database; its schema is `shape.schemaName`. */
  readonly databaseName: string;
  /** RDS's `db-…`, which IAM policies and point-in-time restores need. */
  readonly resourceId: pulumi.Output<string>;
  /** The database's own group, which lets in what `reachableFrom` names. */
  readonly securityGroupId: pulumi.Output<string>;
  /** The running minor, "17.10", even if only the major was requested. */
  readonly engineVersion: pulumi.Output<string>;
  /** Secret. For each role; empty while `accessRoles` is "later". Secrets Manager has the same under `secretArns`. */
  readonly connectionStrings: Partial<Record<RoleName, pulumi.Output<string>>>;
  /**
   * For each role with a password: its secret, JSON with engine, host, port, dbname, username, password, url. Empty
   * while `accessRoles` is "later".
   */
  readonly secretArns: Partial<Record<RoleName, pulumi.Output<string>>>;
  /** The master's secret; undefined if an imported database keeps an unknown password. */
  readonly masterSecretArn: pulumi.Output<string | undefined>;
  /** What stays in the account when the retired database is destroyed, one sentence each; empty if nothing does. */
  readonly remainsAfterDestroy: pulumi.Output<string[]>;
  readonly #logins: RoleName[];
  readonly #handedOver: pulumi.Output<HandedOverDatabase>;

  constructor(name: string, args: StandardDatabaseArgs, options: pulumi.ComponentResourceOptions = {}) {
    const given = (args as StandardDatabaseArgs | undefined) ?? ({} as StandardDatabaseArgs);
    const standard = programStandard(given.standard);
    const request = parseInput(databaseArgumentsOf(standard), given, `StandardDatabase "${name}"`);
    const shape = standardShape(request, standard, programRegion());
    const rotation = programRotation(shape);
    super(
      "shipshape:index:StandardDatabase",
      name,
      {
        service: shape.service,
        environment: shape.environment,
        tier: shape.tier,
        size: shape.size,
        standardVersion: shape.standardVersion,
      },
      options,
    );
    const { platform } = request;
    const tags = standardTags(shape, request.costCenter, `${pulumi.getProject()}/${pulumi.getStack()}`, standard);
    const child = { parent: this };

    const keyArn = platform.keyArn;
    const running = runningInstance(shape.identifier, child);

    const group = securityGroup(
      `${name}-security-group`,
      {
        groupName: `${shape.identifier}-database`,
        description: `Who may connect to ${shape.identifier}`,
        vpcId: platform.vpcId,
        reachableFrom: request.reachableFrom ?? {},
        tags,
      },
      child,
    );
    const logs = logGroups(
      `${name}-log`,
      shape,
      { keyArn, exist: request.existing?.logGroupsExist ?? false, tags },
      child,
    );
    const ownParameters = ownParameterGroups(name, request, shape, { standard, tags }, child);
    const login = masterLogin(name, request, shape, { standard, keyArn, tags }, child);
    const snapshot = finalSnapshotIdentifier(name, shape, request, child);
    const engineVersion = resolvedEngineVersion(request, shape, child);
    const instance = new rds.Instance(
      `${name}-instance`,
      instanceArguments(request, shape, platform, {
        engineVersion: versionAfterReplicas(engineVersion, running, shape, request.replicas, child),
        parameterGroupName:
          request.existing?.asFound.parameterGroupName ??
          ownParameters?.name ??
          platformParameterGroup(platform.parameterGroupNames, shape),
        securityGroupId: group.id,
        finalSnapshotIdentifier: snapshot,
        login,
        running,
        tags,
        standard,
      }),
      instanceOptions(request, shape, { ...child, dependsOn: logs }),
    );

    const replicas = readReplicas(
      name,
      request,
      shape,
      { source: instance, engineVersion, platform, securityGroupId: group.id, tags, standard },
      child,
    );
    const thresholds = tierStandard(standard, shape.tier, shape.environment).alarms;
    const alarms = standardAlarms(shape, thresholds).map((one) => {
      const fitting = running.apply((found) =>
        fittingAlarm(one.suffix, shape, runningShape(shape, found, standard), thresholds),
      );
      return alarm(
        `${name}-alarm`,
        one,
        fitting,
        instance,
        { identifier: shape.identifier, topicArn: platform.topicArn, tags },
        child,
      );
    });
    const access =
      request.accessRoles === "declared"
        ? accessRoles(
            name,
            shape,
            {
              standard,
              instance,
              connection: adminConnection(name, instance, shape, login, platform, child),
              keyArn,
              tags,
              rolesExist: request.restoreFrom?.rolesExist ?? false,
              rotation,
            },
            this,
          )
        : undefined;
    destroyGuard(
      name,
      shape.protect,
      [...alarms, ...replicas.leaves, ...(access?.leaves ?? []), ...login.leaves],
      child,
    );
    const logins: Partial<Record<RoleName, RoleLogin>> = access?.logins ?? {};

    this.standard = { name: standard.name, version: standard.version, digest: standard.digest };
    this.shape = shape;
    this.endpoint = instance.endpoint;
    this.readerEndpoints = pulumi.all(replicas.instances.map(({ endpoint }) => endpoint));
    this.address = instance.address;
    this.port = instance.port;
    this.databaseName = shape.databaseName;
    this.resourceId = instance.resourceId;
    this.securityGroupId = group.id;
    this.engineVersion = instance.engineVersionActual;
    this.connectionStrings = pick(logins, (entry) => entry.connectionString);
    this.secretArns = pick(logins, (entry) => entry.secretArn);
    this.masterSecretArn = login.own
      ? login.own.secret.arn
      : instance.masterUserSecrets.apply((secrets) => secrets?.[0]?.secretArn);
    this.#logins = Object.keys(logins) as RoleName[];
    this.#handedOver = handedOver(instance, shape, access, keyArn);
    this.remainsAfterDestroy = remainsAfterDestroy(
      shape,
      [
        ...(Object.keys(logins) as RoleName[]).flatMap((role) => shape.roles[role].secretName ?? []),
        ...(login.own ? [secretNameOf(request, "master", standard)] : []),
      ],
      snapshot,
      instance.resourceId,
      keyArn,
    );
    this.registerOutputs({
      endpoint: this.endpoint,
      ...(request.replicas > 0 && { readerEndpoints: this.readerEndpoints }),
      port: this.port,
      databaseName: this.databaseName,
      resourceId: this.resourceId,
      securityGroupId: this.securityGroupId,
      secretArns: this.secretArns,
      standard: this.standard,
      shape,
      ...(Object.keys(rotation).length > 0 && { rotation: access?.rotation }),
      maintenanceWindow: shape.maintenanceWindow,
      applyImmediately: false,
      remainsAfterDestroy: this.remainsAfterDestroy,
      handOver: this.#handedOver,
    });
  }

  /**
   * What a platform that runs an application needs to connect as one role: parts of a container definition (`ecs`),
   * variables (`lambda`), a manifest (`external-secrets`), a policy document (`iam`). User name and password are only in
   * the secret that it names. `shipshape hand-over` prints the same.
   *
   * @throws pulumi.RunError where the database has no such login, or no such secret.
   *
   * @example
   * ```ts
   * const environment = { variables: orders.handOver("lambda", "readwrite") };
   * ```
   */
  handOver<Target extends HandOverTarget>(target: Target, role: RoleName): pulumi.Output<HandOver[Target]> {
    return handOverAs(target, role, this.#handedOver, this.shape, this.#logins);
  }
}

function platformParameterGroup(
  names: PlatformReference["parameterGroupNames"],
  shape: StandardShape,
): pulumi.Output<string> {
  return pulumi.output(names).apply((byFamily) => {
    const found = byFamily[shape.parameterGroupFamily];
    if (!found)
      throw new pulumi.RunError(
        `postgresMajor: the platform has no parameter group for ${shape.parameterGroupFamily}, only for ${Object.keys(byFamily).join(", ")}; add the major to the platform's postgresMajors`,
      );
    return found;
  });
}

function pick<T>(
  logins: Partial<Record<RoleName, RoleLogin>>,
  from: (login: RoleLogin) => T | undefined,
): Partial<Record<RoleName, T>> {
  return Object.fromEntries(
    Object.entries(logins).flatMap(([role, login]) => {
      const value = from(login);
      return value === undefined ? [] : [[role, value]];
    }),
  );
}
