/** What `shipshape local …` prints as JSON. */
import { z } from "zod";
import { anything, moment } from "./parts";

const text = z.string();
const count = z.int().min(0);

const local = z.strictObject({
  running: z.literal(true),
  url: text,
  pid: count,
  startedAt: moment,
  dataFolder: text,
  databasesFolder: text.optional(),
  clock: text,
  instances: z.array(
    z.strictObject({
      identifier: text,
      status: text,
      engineVersion: text,
      port: count.nullable(),
      pid: count.nullable().optional(),
      dataFolder: text,
      account: text,
      region: text,
      masterUsername: text,
      databaseName: text,
    }),
  ),
  recorded: count.describe("resources without behaviour, such as keys and alarms"),
});

export const localOutputs = {
  "local start": local,
  "local stop": z.strictObject({ running: z.literal(false), stopped: z.boolean(), dataFolder: text }),
  "local status": z.union([local, z.strictObject({ running: z.literal(false), dataFolder: text })]),
  "local env": z.record(z.string(), text.nullable()).describe("variables; with --unset each is null"),
  "local logs": z.strictObject({ file: text, lines: z.array(text) }),
  "local reset": z.strictObject({
    dataFolder: text,
    deleted: z.boolean(),
    left: z.array(text).describe("what is not ours"),
    keptEvidence: text.nullable().describe("the folder with the key of evidence that was signed here"),
  }),
  "local psql": z.array(
    z.strictObject({ command: text, rowCount: count.nullable(), rows: z.array(z.record(z.string(), z.unknown())) }),
  ),
  "local change": z.strictObject({ arn: text, properties: anything }),
  "local clock": z.strictObject({ now: moment, offsetSeconds: z.number() }),
} as const;
