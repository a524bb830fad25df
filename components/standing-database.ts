/**
 * Pure: a database that exists as its stack declares it, from the stack's config, or from what its last `up` left in
 * the state.
 */
import { databaseNameOf, identifierOf, schemaNameOf, secretNameOf } from "./names";
import { inOrder } from "./extensions";
import type { StandingDatabase } from "./standard-change";
import type { StandardShape } from "./standard-shape";
import type { RoleName } from "./standards/names";
import { allowedParameters } from "./standards/parameters";
import { part, rolesOf, type Standard } from "./standards/standard";

/** What the state says besides the shape. */
export interface StateOfDatabase {
  shape: StandardShape;
  masterUsername: string | null;
  /** False while `accessRoles` is "later". */
  hasRoles: boolean;
  costCenter: string;
  region: string;
}

/** What an imported database is declared with, and its shape alone does not show. */
export const unshownIn = ({ shape }: Pick<StateOfDatabase, "shape">): string[] =>
  shape.deviations.map(({ property }) => property).filter((one) => one === "engineVersion" || one === "dbName");

/** With the one of some births that it was made with; undefined if it was made with none of them. */
export function standingIn(
  state: StateOfDatabase,
  followed: Standard,
  births: readonly Standard["birth"][],
): StandingDatabase | undefined {
  // A restored database has its source's master user; an imported one its own identifier, too.
  const fitting = births.map((birth) => ({ birth, fit: fitOf(state, { ...followed, birth }) }));
  const [found] = fitting.sort((one, other) => other.fit - one.fit);
  if (!found || found.fit === 0) return undefined;
  const { birth } = found;
  const request = requestOf(state, { ...followed, birth });
  return { request, birth, region: state.region, kept: state.shape.deviations.map(({ property }) => property) };
}

/** 0: its secrets have other names; 3: everything fits. */
function fitOf({ shape, masterUsername }: StateOfDatabase, standard: Standard): number {
  const isOurs = Object.entries(shape.roles).every(
    ([role, { secretName }]) =>
      secretName === undefined || secretName === secretNameOf(shape, role as RoleName, standard),
  );
  if (!isOurs) return 0;
  if (shape.identifier !== identifierOf(shape, standard)) return 1;
  return masterUsername === null || masterUsername === standard.birth.masterUsername ? 3 : 2;
}

/** The arguments that lead to a shape, as far as it shows them: what is as the standard has it was not said. */
function requestOf({ shape, costCenter, hasRoles }: StateOfDatabase, standard: Standard): StandingDatabase["request"] {
  const { service, owner, environment, tier, size, dataClassification, identifier } = shape;
  const { sizes, postgres } = standard;
  const own = part(sizes, size);
  const storage = Object.entries(sizes).find(
    ([, one]) => one.allocatedGib === shape.allocatedStorageGib && one.capGib === shape.storageCapGib,
  )?.[0];
  const isOwnStorage = shape.allocatedStorageGib !== own.allocatedGib || shape.storageCapGib !== own.capGib;
  const extensions = shape.extensions.join() === inOrder(postgres.extensions.default).join();
  return {
    ...{ service, owner, environment, tier, size, dataClassification, costCenter },
    ...(databaseNameOf({ service, environment }, standard) !== shape.databaseName && {
      databaseName: shape.databaseName,
    }),
    ...(schemaNameOf({ service, environment, databaseName: shape.databaseName }, standard) !== shape.schemaName && {
      schemaName: shape.schemaName,
    }),
    ...(shape.postgresMajor !== postgres.default && { postgresMajor: shape.postgresMajor }),
    ...(shape.engineVersion !== undefined && { engineVersion: shape.engineVersion }),
    ...(isOwnStorage && storage !== undefined && { storageOfSize: storage }),
    ...(!extensions && { extensions: shape.extensions }),
    ...(shape.ownParameterGroup && { parameters: ownParameters(shape, standard) }),
    roles: ownRoles(shape, standard),
    ...(!hasRoles && { accessRoles: "later" }),
    ...(identifier !== identifierOf({ service, environment, databaseName: shape.databaseName }, standard) && {
      existing: { identifier },
    }),
    ...(shape.finalSnapshot && !shape.protect && { retire: true }),
  };
}

const ownParameters = ({ parameters }: StandardShape, { postgres }: Standard) =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) =>
      name in allowedParameters && postgres.parameters.find((one) => one.name === name)?.value !== value
        ? [[name, Number(value)]]
        : [],
    ),
  );

const ownRoles = ({ roles }: StandardShape, standard: Standard) =>
  Object.fromEntries(
    rolesOf(standard).flatMap((name) => {
      // One that the state has not got yet.
      if (!Object.hasOwn(roles, name)) return [];
      const { authentication, statementTimeoutMilliseconds } = roles[name];
      const settings = {
        ...(authentication === "iam" && { authentication }),
        ...(statementTimeoutMilliseconds !== part(standard.roles, name).statementTimeoutMilliseconds && {
          statementTimeoutMilliseconds,
        }),
      };
      return Object.keys(settings).length > 0 ? [[name, settings]] : [];
    }),
  );
