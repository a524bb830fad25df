/**
 * Pure: who asks, approves or answers, in the one form that records, statements and messages have.
 * `targets/principal.ts` finds out who it is.
 */

/**
 * aws: an ARN that AWS's own STS reports. embedded: a name that the embedded cloud's STS reports; one operating-system
 * user issues all of them. os: the operating system's user.
 */
export type PrincipalKind = "aws" | "embedded" | "os";

export interface Principal {
  kind: PrincipalKind;
  /** The person behind it: two principals with the same one count as one person. */
  person: string;
  /** With `embedded`: the name, and the operating system's user who issued it. */
  embedded?: { name: string; issuedBy: string };
}

/** Of the text in records: an ARN, `embedded:<operating-system user>/<name>`, or the operating system's user. */
export function principalOf(text: string): Principal {
  if (text.startsWith("arn:")) return { kind: "aws", person: awsPerson(text) };
  const [, issuedBy, name] = /^embedded:(.+)\/([a-z0-9]+)$/.exec(text) ?? [];
  if (issuedBy !== undefined && name !== undefined)
    return { kind: "embedded", person: `embedded:${name}`, embedded: { name, issuedBy } };
  return { kind: "os", person: text };
}

export const embeddedPrincipal = (issuedBy: string, name: string): string => `embedded:${issuedBy}/${name}`;

/**
 * People choose the session name when they assume a role, so all sessions of one role count as one person. IAM Identity
 * Center sets the name to its user's, whichever of their roles it is; names that differ in
 * case alone count as one.
 */
function awsPerson(arn: string): string {
  const [, role, name, session] = assumedRole.exec(arn) ?? [];
  if (role === undefined) return arn;
  return name?.startsWith(identityCenterRole) ? `Identity Center: ${session?.toLowerCase()}` : role;
}

const assumedRole = /^(arn:[^:]+:sts::\d+:assumed-role\/([^/]+))\/(.*)$/;
const identityCenterRole = "AWSReservedSSO_";

/**
 * Whether they are certainly two people. An operating system's user may be the same person as any ARN, and as any name
 * of the embedded cloud. So may a federated user, whose name the caller of GetFederationToken chooses.
 */
export function areDifferentPeople(one: string, other: string): boolean {
  const [a, b] = [principalOf(one), principalOf(other)];
  return a.kind === b.kind && !isFederated(one) && !isFederated(other) && a.person !== b.person;
}
/** Whether they count as one person: the sessions of one role do. */
export const areSamePerson = (one: string, other: string): boolean =>
  principalOf(one).person === principalOf(other).person;

const isFederated = (principal: string) => /^arn:[^:]+:sts::\d+:federated-user\//.test(principal);

/** For everyone who can use the control plane. */
export const EVERYONE = "everyone";

/** How `shipshape.yaml` names principals. None has a wildcard: each names one role, one user, or everyone. */
export const patternForms = [
  "arn:aws:iam::<account>:role/<role>",
  "arn:aws:iam::<account>:user/<user>",
  "identity-center:<account>/<user>",
  "os:<user>",
  "embedded:<name>",
] as const;

/** One principal as `shipshape.yaml` names it; undefined if the text has none of the forms. */
function parsePattern(text: string): ((principal: string) => boolean) | undefined {
  const [, partition, account, kind, path] =
    /^arn:(aws(?:-[a-z]+)*):iam::(\d{12}):(role|user)\/([\w+=,.@-]+(?:\/[\w+=,.@-]+)*)$/.exec(text) ?? [];
  if (kind === "user") return (principal) => principal === text;
  if (kind === "role") {
    // A session's ARN leaves out the path of its role; the names of roles are unique in an account without it.
    const sessions = `arn:${partition}:sts::${account}:assumed-role/${path?.split("/").at(-1)}/`;
    return (principal) => principal.startsWith(sessions);
  }
  const [, center, user] = /^identity-center:(\d{12})\/([^\s/*]+)$/.exec(text) ?? [];
  if (center !== undefined)
    return (principal) => {
      const [, role, name, session] = assumedRole.exec(principal) ?? [];
      return role?.split(":")[4] === center && name?.startsWith(identityCenterRole) === true && session === user;
    };
  const [, local] = /^os:([^\s/*:]+)$/.exec(text) ?? [];
  if (local !== undefined) return (principal) => principal === local;
  const [, issued] = /^embedded:([a-z0-9]+)$/.exec(text) ?? [];
  if (issued !== undefined) return (principal) => principalOf(principal).embedded?.name === issued;
  return undefined;
}

/** Whether a text has one of the forms. */
export const isPattern = (text: string): boolean => parsePattern(text) !== undefined;

/** Whether one of the patterns names the principal. */
export const namesPrincipal = (patterns: readonly string[], principal: string): boolean =>
  patterns.some((pattern) => pattern === EVERYONE || parsePattern(pattern)?.(principal) === true);
