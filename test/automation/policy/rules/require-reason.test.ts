import { requireReason } from "../../../../automation/policy/rules/require-reason";
import { facts } from "../facts";

const judged = (reason: string) => requireReason.judge(facts("changes", { request: { input: {}, reason } }));

test.each(["", " ", "\n\t", "\u00a0"])("a request with the reason %j is denied", (reason) => {
  expect(judged(reason)).toEqual({ verdict: "denied", reason: "the request gives no reason" });
});

test("any other reason will do", () => {
  expect(judged("x")).toEqual({ verdict: "allowed", reason: "the request gives a reason" });
});
