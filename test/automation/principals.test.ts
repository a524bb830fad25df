import { areDifferentPeople, isPattern, namesPrincipal, principalOf } from "../../automation/principals";

const role = (name: string, session: string, account = "123456789012", partition = "aws") =>
  `arn:${partition}:sts::${account}:assumed-role/${name}/${session}`;
const user = (name: string, account = "123456789012") => `arn:aws:iam::${account}:user/${name}`;
const sso = "AWSReservedSSO_Operator_0123456789abcdef";

test("a principal is an ARN, a name of the embedded cloud, or the operating system's user", () => {
  expect(principalOf(user("ana"))).toEqual({ kind: "aws", person: user("ana") });
  expect(principalOf("ana")).toEqual({ kind: "os", person: "ana" });
  expect(principalOf("embedded:ana/ben")).toEqual({
    kind: "embedded",
    person: "embedded:ben",
    embedded: { name: "ben", issuedBy: "ana" },
  });
});

test.each<[string, string, boolean]>([
  ["ana", "ben", true],
  ["ana", "ana", false],
  [role("operator", "ana"), role("operator", "ben"), false], // people choose the names of their sessions
  [role("operator", "ana"), role("approver", "ana"), true],
  [role(sso, "ana@example.com"), role(sso, "ben@example.com"), true],
  [role(sso, "ana@example.com"), role(sso, "ana@example.com"), false],
  [role(sso, "ana@example.com"), role(sso, "Ana@Example.com"), false],
  [role(sso, "ana@example.com"), role("AWSReservedSSO_Admin_fedcba9876543210", "ana@example.com"), false],
  [user("ana"), user("ben"), true],
  [user("ana"), user("ana", "210987654321"), true],
  ["ana", user("ben"), false],
  [role("operator", "ana"), "ben", false],
  [user("ana"), "arn:aws:sts::123456789012:federated-user/ben", false],
  ["arn:aws:sts::123456789012:federated-user/ben", user("ana"), false],
  ["embedded:ana/carla", "embedded:ana/ben", true],
  ["embedded:ana/ben", "embedded:carla/ben", false],
  ["ana", "embedded:ana/ben", false], // one operating-system user, whatever the name of the key
  ["ana", "embedded:carla/ben", false],
  [user("ana"), "embedded:ana/ben", false],
])("%s and %s are certainly two people: %s", (one, other, are) => {
  expect([areDifferentPeople(one, other), areDifferentPeople(other, one)]).toEqual([are, are]);
});

test.each<[string, string, boolean]>([
  ["arn:aws:iam::123456789012:role/dba", role("dba", "ana"), true],
  ["arn:aws:iam::123456789012:role/teams/orders/dba", role("dba", "ana"), true],
  ["arn:aws:iam::123456789012:role/dba", role("dba-intern", "ana"), false],
  ["arn:aws:iam::123456789012:role/dba", role("dba", "ana", "666666666666"), false],
  ["arn:aws:iam::123456789012:role/dba", role("dba", "ana", "123456789012", "aws-cn"), false],
  ["arn:aws:iam::123456789012:role/d.a", role("dba", "ana"), false],
  ["arn:aws:iam::123456789012:user/ana", user("ana"), true],
  ["arn:aws:iam::123456789012:user/ana", user("anabel"), false],
  ["identity-center:123456789012/ana@example.com", role(sso, "ana@example.com"), true],
  ["identity-center:123456789012/ana@example.com", role(sso, "ben@example.com"), false],
  ["identity-center:123456789012/ana@example.com", role(sso, "ana@example.com", "666666666666"), false],
  ["identity-center:123456789012/ana@example.com", role("own-role", "ana@example.com"), false],
  ["os:ana", "ana", true],
  ["os:ana", "embedded:ben/ana", false],
  ["os:ana", "anabel", false],
  ["embedded:ana", "embedded:root/ana", true],
  ["embedded:ana", "ana", false],
  ["everyone", "anyone", true],
])("%s names %s: %s", (pattern, principal, names) => {
  expect(namesPrincipal([pattern], principal)).toBe(names);
});

test.each([
  "",
  "*",
  "ana",
  "os:*",
  "os:",
  "embedded:*",
  "arn:aws:iam::123456789012:role/*",
  "arn:aws:iam::*:role/dba",
  "arn:aws:iam::123456789012:root",
  "arn:aws:iam::123456789012:role/dba*",
  "arn:*:iam::123456789012:role/dba",
  role("dba", "ana"), // the person chooses the session's name
  "identity-center:123456789012/*",
  "identity-center:ana@example.com", // in any account, also in a stranger's
])('"%s" is refused: it names no one, or more people than it seems to', (pattern) => {
  expect(isPattern(pattern)).toBe(false);
  expect(namesPrincipal([pattern], pattern)).toBe(false);
});
