import { z } from "zod";
import type { Route } from "../wire/action";
import { AwsError } from "../wire/aws-error";
import type { Cloud } from "../cloud";
import type { Properties } from "../recorded/recorded-type";
import type { ChangeTarget } from "./change-target";
import { changeTargets } from "./change-targets";
import { typedValue } from "./typed-value";

const change = z.strictObject({ arn: z.string().min(1), properties: z.record(z.string(), z.unknown()) });

/**
 * `/shipshape/change`: changes a resource behind Pulumi's back, also in ways that no API offers (as if it had been
 * re-created).
 */
export const changeRoute: Route = {
  method: "POST",
  path: "/shipshape/change",
  run(request, cloud) {
    const requested = change.safeParse(request.body);
    if (!requested.success) throw new AwsError("InvalidParameterValue", "a change is {arn, properties: {name: value}}");
    const target = findTarget(cloud, requested.data.arn);
    const changed = changedProperties(target, requested.data.properties);
    target.write(changed);
    return {
      status: 200,
      body: {
        arn: target.arn,
        properties: withoutSecrets(target, changed),
        previous: withoutSecrets(target, target.properties, Object.keys(changed)),
      },
    };
  },
};

function findTarget(cloud: Cloud, arn: string): ChangeTarget {
  const targets = changeTargets(cloud);
  const found = targets.find((target) => target.arn === arn);
  if (found !== undefined) return found;
  const near = nearest(
    arn,
    targets.map((target) => target.arn),
  );
  throw new AwsError(
    "ResourceNotFound",
    `there is no resource with the ARN ${arn}; ${near.length > 0 ? `similar ones: ${near.join(", ")}` : "nothing has been created yet"}`,
    404,
  );
}

/** Everything is checked before anything is written. `tags.owner` names one entry of a map. */
function changedProperties(target: ChangeTarget, requested: Properties): Properties {
  const known = Object.keys(target.properties);
  const changed: Properties = {};
  for (const [path, given] of Object.entries(requested)) {
    const [name = "", ...rest] = path.split(".");
    if (!known.includes(name))
      throw new AwsError(
        "UnknownProperty",
        `${target.arn} has no property ${name}; it has: ${known.sort().join(", ")}`,
      );
    const current = name in changed ? changed[name] : target.properties[name];
    changed[name] =
      rest.length === 0 ? typedValue(name, given, current) : withEntry(path, current, rest.join("."), given);
  }
  return changed;
}

function withEntry(path: string, map: unknown, entry: string, given: unknown): Properties {
  if (typeof map !== "object" || map === null || Array.isArray(map))
    throw new AwsError(
      "InvalidParameterValue",
      `${path} names an entry of something that is not a map (${JSON.stringify(map)})`,
    );
  const { [entry]: current, ...others } = map as Properties;
  return given === null ? others : { ...others, [entry]: typedValue(path, given, current ?? "") };
}

/** An error lists a few ARNs to choose from, not a whole fleet. */
const nearCountMax = 5;

/** Those that share the most words with the given ARN. */
function nearest(arn: string, known: string[]): string[] {
  const wordsOf = (text: string) => new Set(text.split(/[:/]/));
  const requested = wordsOf(arn);
  const shared = (other: string) => [...wordsOf(other)].filter((word) => requested.has(word)).length;
  return [...known].sort((a, b) => shared(b) - shared(a) || (a < b ? -1 : 1)).slice(0, nearCountMax);
}

const withoutSecrets = (target: ChangeTarget, properties: Properties, names = Object.keys(properties)): Properties =>
  Object.fromEntries(
    names.map((name) => [name, target.secret?.includes(name) ? "[secret]" : (properties[name] ?? null)]),
  );
