import * as pulumi from "@pulumi/pulumi";
import type { StandardFile } from "./standards/file-schema";
import { builtIn } from "./standards/built-in";
import { bornWith } from "./standards/births";
import { namedConfiguration } from "./settings";
import { birthDigest, type Standard } from "./standards/standard";
import { StandardInvalid } from "./standards/standard-invalid";
import { definition, standardFor } from "./standards/standard-file";

/**
 * Your company's standard, from a program or a package of yours: what it does not say is Shipshape's own, and nothing
 * may be below the floor. Pass it to `StandardDatabase` and `DatabasePlatform`, or name the package in `shipshape.yaml`.
 *
 * @throws pulumi.RunError with path, value and reason of everything that is wrong.
 *
 * @example
 * ```ts
 * export default defineStandard({
 *   standard: "acme", version: "2027.1.0",
 *   tiers: { platinum: { like: "gold", rtoSeconds: 1800 }, economy: { like: "bronze" } },
 * });
 * ```
 */
export const defineStandard = (given: StandardFile): Standard =>
  clean(() => definition().checked(given, "defineStandard", today()));

/**
 * What a program follows: the standard that it passes, or else the one that the `shipshape.yaml` names which
 * SHIPSHAPE_CONFIGURATION_FILE gives or which is beside its stacks, or else Shipshape's own.
 *
 * @throws pulumi.RunError that says everything that is wrong with it.
 */
export const programStandard = (given?: unknown): Standard =>
  asBorn(
    clean(() =>
      given === undefined
        ? standardFor(pulumi.getRootDirectory(), today(), namedConfiguration())
        : definition().accepted(given, "argument standard", today()),
    ),
  );

/**
 * The standard with the names that this stack pins: another identifier would replace a database, so a pattern that was
 * changed since must not reach it. Without a pin nothing says what lives here, and names of the company's own are
 * refused; those of Shipshape's need none.
 */
function asBorn(standard: Standard): Standard {
  const pinned = new pulumi.Config("shipshape").get("birth");
  const birth = bornWith(standard, pinned);
  if (birth) return birth === standard.birth ? standard : { ...standard, birth };
  const current = birthDigest(standard.birth);
  const stack = pulumi.getStack();
  throw new pulumi.RunError(
    pinned === undefined
      ? `shipshape:birth: the config of stack ${stack} does not say with which names it was made, and with others RDS would replace what lives here; nothing was changed\n` +
          `  if it is new: pulumi config set shipshape:birth ${current}\n` +
          `  if it was made with Shipshape's own names: pulumi config set shipshape:birth ${birthDigest(builtIn.birth)}`
      : `shipshape:birth: stack ${stack} was made with the names ${pinned}, which the standard ${standard.name} ${standard.version} no longer has; nothing was changed\n` +
          `  add what birth said then to earlierBirths of the standard: the stack keeps its names (docs/standard.md)`,
  );
}

/** The Region of the provider that Pulumi configures; undefined if the program makes its own. */
export const programRegion = (): string | undefined => new pulumi.Config("aws").get("region");

const today = () => new Date().toISOString().slice(0, 10);

/** The engine prints such an error without a stack. */
function clean(made: () => Standard): Standard {
  try {
    return made();
  } catch (error) {
    throw error instanceof StandardInvalid ? new pulumi.RunError(error.message) : error;
  }
}
