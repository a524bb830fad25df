import type { Cloud } from "../cloud";
import type { RecordedResource } from "../recorded/recorded-type";
import { ROLE } from "../recorded/types/identity-and-access";
import { AwsError } from "../wire/aws-error";
import type { Session } from "./sessions";

/** The role with this ARN; roles are recorded resources. */
export const findRole = (cloud: Cloud | undefined, arn: string): RecordedResource | undefined =>
  cloud?.recorded.recordSet.list(ROLE).find((role) => role.arn === arn);

/** Whether the role of a session still exists: one that was created again under its name is another one. */
export const hasRole = (cloud: Cloud, session: Session): boolean =>
  findRole(cloud, session.roleArn)?.properties["uniqueId"] === session.roleId;

/** Who asks to assume a role: every ARN that a trust policy may name, and what was sent. */
export interface Assumption {
  arns: string[];
  accountId: string;
  externalId: string | undefined;
}

/**
 * Whether a trust policy lets someone assume its role: a statement that allows it, and none that denies it.
 * @throws AwsError for conditions and exclusions that the embedded cloud does not know: whether AWS would let them in is
 * unknown
 */
export function trusts(policy: unknown, asking: Assumption): boolean {
  const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as { Statement?: unknown };
  const matching = listOf(document.Statement)
    .map((one) => known(one as Statement))
    .filter(({ Principal, Action }) => isNamed(Principal, asking) && listOf(Action).some(isAssumeRole))
    .filter(({ Condition }) => holds(Condition ?? {}, asking));
  return matching.some(({ Effect }) => Effect === "Allow") && !matching.some(({ Effect }) => Effect === "Deny");
}

interface Statement {
  Effect?: string;
  Principal?: "*" | { AWS?: string | string[] };
  Action?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

function known(statement: Statement): Statement {
  const unknown = ["NotPrincipal", "NotAction"].find((element) => Object.hasOwn(statement, element));
  if (unknown === undefined) return statement;
  throw new AwsError(
    "ValidationError",
    `the embedded cloud knows no ${unknown} in a trust policy, only Principal and Action`,
  );
}

/** In IAM's patterns of actions `*` is any characters, and `?` is one. */
function isAssumeRole(action: unknown): boolean {
  const signs: Record<string, string> = { "*": ".*", "?": "." };
  const pattern = String(action).replace(/[^a-z0-9:]/gi, (sign) => signs[sign] ?? `\\${sign}`);
  return new RegExp(`^${pattern}$`, "i").test("sts:AssumeRole");
}

/** An account, by its number or its root, is everyone in it who may; users here may do everything. */
function isNamed(principal: Statement["Principal"], { arns, accountId }: Assumption): boolean {
  const named = principal === "*" ? ["*"] : listOf(principal?.AWS);
  const meant = ["*", accountId, `arn:aws:iam::${accountId}:root`, ...arns];
  return named.some((one) => meant.includes(String(one)));
}

function holds(conditions: NonNullable<Statement["Condition"]>, { externalId }: Assumption): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      if (operator !== "StringEquals" || key.toLowerCase() !== "sts:externalid")
        throw new AwsError(
          "ValidationError",
          `the embedded cloud knows no condition ${operator} of ${key} in a trust policy, only StringEquals of sts:ExternalId`,
        );
      return externalId !== undefined && listOf(values).includes(externalId);
    }),
  );
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
