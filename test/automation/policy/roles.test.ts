import { hasRole, isInTeam, requireRole, type Access, type Action } from "../../../automation/policy/roles";

const access: Access = {
  roles: { requester: ["os:ana"], operator: ["os:otto"], approver: ["os:ben"], auditor: ["os:ada"] },
  teams: { "team-orders": ["os:dora"] },
};
const people = ["ana", "otto", "ben", "ada", "dora", "mallory"];

test.each<[Action, string[]]>([
  ["request operations", ["ana", "otto", "dora"]],
  ["cancel the requests of others", ["otto"]],
  ["start clean-ups again", ["otto"]],
  ["pause and resume operations", ["otto"]],
  ["answer findings", ["otto"]],
  ["read the control plane's records", ["ana", "otto", "ben", "ada", "dora"]],
])("who may %s: %s", (action, allowed) => {
  const may = people.filter((principal) => {
    try {
      requireRole(access, principal, action);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: "role-missing" });
      return false;
    }
  });
  expect(may).toEqual(allowed);
});

test("a refusal says which role is missing, and who has it", () => {
  const refused =
    (action: Action, given: Access = access) =>
    () =>
      requireRole(given, "mallory", action);
  expect(refused("answer findings")).toThrow("mallory may not answer findings: that needs the role operator");
  expect(refused("answer findings")).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("operator: os:otto. shipshape.yaml") as string }) as Error,
  );
  expect(refused("request operations")).toThrow(
    expect.objectContaining({
      hint: expect.stringContaining("requester: os:ana; operator: os:otto; members of teams") as string,
    }) as Error,
  );
  expect(refused("answer findings", { roles: { ...access.roles!, operator: [] } })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("operator: nobody") as string }) as Error,
  );
});

test("without roles everyone may do everything, and is in no team that nobody named", () => {
  requireRole({}, "mallory", "pause and resume operations");
  expect([hasRole({}, "mallory", "operator"), isInTeam({}, "mallory", "team-orders")]).toEqual([true, false]);
  expect([isInTeam(access, "dora", "constructor"), isInTeam(access, "dora", undefined)]).toEqual([false, false]);
});
