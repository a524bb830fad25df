// SNS has no counterpart on this machine: what the client sends is held against the model of the service that AWS
// publishes as part of its SDK.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { MessageAttributeValue$, PublishInput$ } from "@aws-sdk/client-sns";
import { publication, topic } from "../../../automation/targets/alert-topic";
import { alert } from "./test-alert";

const arn = "arn:aws:sns:eu-central-1:123456789012:shipshape-alerts";

/** The names of a structure's members, and the required ones, which come first. */
function membersOf(schema: unknown): { names: string[]; required: string[] } {
  const [, , , , names, , requiredCount = 0] = schema as [number, string, string, unknown, string[], unknown, number?];
  return { names, required: names.slice(0, requiredCount) };
}

/** What is sent for an alert, and the answer to it. */
async function sent(status: number, body: string, to = arn) {
  const got: Record<string, string>[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      got.push(Object.fromEntries(new URLSearchParams(text)));
      response.writeHead(status, { "content-type": "text/xml" }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  try {
    const answer = await topic(to, { cloud: { endpoint, region: "eu-central-1", credentials } }).send(alert);
    return { got, answer };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const accepted =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>';
const refused = (code: string) =>
  `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>not so</Message></Error></ErrorResponse>`;

test.each([arn, `${arn}.fifo`])("what is published to %s is what the model of SNS takes", async (to) => {
  const given = publication(to, alert);
  const { names, required } = membersOf(PublishInput$);
  expect(names).toEqual(expect.arrayContaining(Object.keys(given)));
  expect(Object.keys(given)).toEqual(expect.arrayContaining(required));
  const attribute = membersOf(MessageAttributeValue$);
  for (const value of Object.values(given.MessageAttributes)) {
    expect(attribute.names).toEqual(expect.arrayContaining(Object.keys(value)));
    expect(Object.keys(value)).toEqual(expect.arrayContaining(attribute.required));
  }
  // From the API reference of Publish: ASCII that begins with a letter, less than 100 characters, no line breaks.
  expect(given.Subject).toMatch(/^[A-Za-z][\x20-\x7e]{0,98}$/);
});

test("the key goes along as an attribute, and a FIFO topic drops repetitions by it", async () => {
  const { got, answer } = await sent(200, accepted, `${arn}.fifo`);
  expect(answer).toEqual({ accepted: true, said: "message m-1" });
  expect(got).toEqual([
    expect.objectContaining({
      Action: "Publish",
      Version: "2010-03-31",
      TopicArn: `${arn}.fifo`,
      Subject: alert.title,
      Message: expect.stringContaining(`\nWhat to do: ${alert.command}\n`) as string,
      MessageDeduplicationId: alert.key,
      MessageGroupId: "shipshape",
      "MessageAttributes.entry.1.Name": "idempotencyKey",
      "MessageAttributes.entry.1.Value.DataType": "String",
      "MessageAttributes.entry.1.Value.StringValue": alert.key,
    }),
  ]);
});

test("a failure is tried once and says why; only a refusal of the message counts as one", async () => {
  const throttled = await sent(500, refused("InternalError"));
  expect(throttled).toMatchObject({ got: [{}], answer: { accepted: false, isRefusal: false, said: "not so" } });
  expect((await sent(400, refused("InvalidParameter"))).answer).toMatchObject({ accepted: false, isRefusal: true });
  expect((await sent(403, refused("AuthorizationError"))).answer).toMatchObject({ isRefusal: false });
});
