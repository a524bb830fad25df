import type { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { callsAbout, type CallsAbout } from "../../../automation/targets/cloud-trail";

/** An event history of three pages, one call each. */
function history() {
  const tokens: (string | undefined)[] = [];
  const pages = ["newest", "older", "oldest"];
  const client = {
    send: async ({ input }: LookupEventsCommand) => {
      tokens.push(input.NextToken);
      const page = Number(input.NextToken ?? 0);
      const event = { eventSource: "rds.amazonaws.com", userIdentity: { arn: "arn:someone" } };
      const Events = [{ EventId: pages[page], EventName: "X", CloudTrailEvent: JSON.stringify(event) }];
      return { Events, NextToken: page + 1 < pages.length ? String(page + 1) : undefined };
    },
  } as unknown as CloudTrailClient;
  const until = (id: string, known?: CallsAbout) =>
    callsAbout(client, "orders", undefined, (calls) => calls.some((one) => one.id === id), undefined, known);
  return { until, tokens };
}

test("calls that were enough for one difference are read further for another, and each page once", async () => {
  const { until, tokens } = history();
  const first = await until("newest");
  expect(first).toMatchObject({ isAll: false, unread: null });
  const second = await until("none of them", first);
  expect(second.calls.map(({ id }) => id)).toEqual(["newest", "older", "oldest"]);
  expect([second.isAll, second.rest]).toEqual([true, null]);
  expect(tokens).toEqual([undefined, "1", "2"]);
});
