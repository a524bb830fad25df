import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
  databaseRequestOf,
  parseInput,
  platformOf,
  programStandard,
  StandardDatabase,
  text,
  type DatabaseRequest,
  type Standard,
} from "../components";
import { foreseeingMajor } from "../components/foresight";

/** Config `shipshape:request`: StandardDatabase's arguments, and `shipshape:place`: its platform and clients. */
const databaseConfigOf = (standard: Standard) =>
  z.strictObject({
    request: databaseRequestOf(standard),
    place: z.strictObject(
      {
        /** The platform's stack, of the same project. */
        platformStack: text("the platform's stack").regex(/^platform\./, {
          error: () => 'give the platform\'s stack, such as "platform.dev"',
        }),
        /** Security group ids by the name of the client. @default {} none */
        reachableFrom: z
          .record(
            z.string(),
            text("a security group's id").regex(/^sg-[0-9a-f]+$/, {
              error: () => "give a security group id, such as sg-0a1b2c3d4e5f60001",
            }),
          )
          .default({}),
        /** CA file to trust when creating roles. @default the file that PGSSLROOTCERT names */
        caBundlePath: text("caBundlePath").optional(),
      },
      { error: () => "give {platformStack}" },
    ),
  });

/**
 * One database, entirely from config. The control plane passes its standard, and what an interrupted `up` of it has
 * created but not recorded: logins, which are adopted. With `appliesAtOnce` RDS waits for no window; with
 * `foreseesMajor` a preview says what an `up` will do once another instance, of another major, has the name.
 */
export function database(
  standard?: Standard,
  adopted: ReadonlyMap<string, string> = new Map(),
  { appliesAtOnce = false, foreseesMajor = false } = {},
): Record<string, unknown> {
  if (foreseesMajor) return foreseeingMajor(() => database(standard, adopted, { appliesAtOnce }));
  if (appliesAtOnce)
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
      type === "aws:rds/instance:Instance" ? { props: { ...props, applyImmediately: true }, opts } : undefined,
    );
  if (adopted.size > 0)
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
      const id = type === "postgresql:index/role:Role" && adopted.get(String((props as { name?: unknown }).name));
      return id ? { props, opts: { ...opts, import: id } } : undefined;
    });
  const config = new pulumi.Config("shipshape");
  const given = { request: config.getObject<DatabaseRequest>("request") ?? {}, place: config.getObject("place") };
  const { request, place } = parseInput(
    databaseConfigOf(programStandard(standard)),
    given,
    `config of stack ${pulumi.getStack()}`,
  );
  const declared = new StandardDatabase(request.service, {
    // In config, null says what a program says with `lacks`.
    ...(request as DatabaseRequest),
    standard,
    platform: { ...platformOf(`${pulumi.getProject()}/${place.platformStack}`), caBundlePath: place.caBundlePath },
    reachableFrom: place.reachableFrom,
  });
  const { endpoint, databaseName, resourceId, securityGroupId, engineVersion, secretArns, remainsAfterDestroy, shape } =
    declared;
  return {
    endpoint,
    databaseName,
    resourceId,
    securityGroupId,
    engineVersion,
    // Each secret as a whole: a preview then shows one line for each before its prompt, instead of some 400.
    connectionStrings: pulumi.secret(declared.connectionStrings),
    secretArns: pulumi.secret(secretArns),
    standard: pulumi.secret({ shape, remainsAfterDestroy }),
  };
}
