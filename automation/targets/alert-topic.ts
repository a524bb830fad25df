/** An SNS topic, which passes alerts on to its subscribers: e-mail, pagers, queues, functions. */
import { PublishCommand, SNSClient, type PublishCommandInput } from "@aws-sdk/client-sns";
import { reasonOf } from "../errors";
import type { Alert, AlertAnswer, AlertDestination } from "../alert-records";
import { explaining, type AwsAccess } from "./aws-access";
import { alertAnswerSeconds } from "./limits";

/** `arn` was checked as `shipshape.yaml` was read. */
export function topic(arn: string, access: AwsAccess = {}): AlertDestination {
  const [, , , region = ""] = arn.split(":");
  // The sender repeats what fails, so that nothing overtakes it.
  const settings = { region, maxAttempts: 1, ...access.cloud };
  return {
    name: "sns",
    send: async (alert): Promise<AlertAnswer> => {
      const client = explaining(new SNSClient(settings), access);
      try {
        const { MessageId } = await client.send(new PublishCommand(publication(arn, alert)), {
          abortSignal: AbortSignal.timeout(alertAnswerSeconds * 1000),
        });
        return { accepted: true, said: `message ${MessageId}` };
      } catch (error) {
        const isRefusal = /^(InvalidParameter|InvalidParameterValue)(Exception)?$/.test((error as Error).name);
        return { accepted: false, said: reasonOf(error), isRefusal };
      } finally {
        client.destroy();
      }
    },
  };
}

/** A FIFO topic drops a repetition within five minutes, and keeps the order. */
export function publication(arn: string, { key, title, kind, database, owner, what, command }: Alert) {
  const attributes = { idempotencyKey: key, kind, database, owner };
  return {
    TopicArn: arn,
    Subject: title,
    Message: [
      title,
      what,
      `Database: ${database ?? "none"}`,
      `Owner: ${owner ?? "unknown"}`,
      `What to do: ${command}`,
      `Key: ${key}`,
    ].join("\n"),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value]) =>
        value === null ? [] : [[name, { DataType: "String", StringValue: value }]],
      ),
    ),
    ...(arn.endsWith(".fifo") && { MessageGroupId: "shipshape", MessageDeduplicationId: key }),
  } satisfies PublishCommandInput;
}
