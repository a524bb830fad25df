import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnsweredCall } from "../../../localcloud/server/wire/action";
import { Clock } from "../../../localcloud/server/clock";
import { CallLog } from "../../../localcloud/server/cloudtrail/call-log";
import { redact } from "../../../localcloud/server/cloudtrail/redact";
import { limits } from "../../../localcloud/server/limits";
import { Store } from "../../../localcloud/server/storage/store";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shipshape-call-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => new CallLog(folder, new Clock(new Store(folder, "123456789012")));
const call = (action: string, input: object = {}): AnsweredCall => ({
  service: "rds",
  action,
  readOnly: action.startsWith("Describe"),
  call: { region: "eu-central-1", accessKeyId: "AKIASOMEBODY", userAgent: "test", requestId: "1" },
  input,
});
const names = (log: CallLog) => log.newestFirst().map((one) => one.name);

test("polling does not push changes out of the log, and the log stays bounded", () => {
  const log = open();
  log.record(call("ModifyDBInstance"));
  for (let count = 0; count < 2 * limits.loggedReads; count += 1) log.record(call("DescribeDBInstances"));
  expect(names(log)).toHaveLength(limits.loggedReads + 1);
  expect(names(log)).toContain("ModifyDBInstance");
  expect(names(open())).toHaveLength(limits.loggedReads + 1);
});

test("a line cut short by a kill loses only that line", () => {
  open().record(call("ModifyDBInstance"));
  appendFileSync(join(folder, "calls.jsonl"), '{"id":"torn');
  const log = open();
  expect(names(log)).toEqual(["ModifyDBInstance"]);
  log.record(call("DeleteDBInstance"));
  expect(names(open()).sort()).toEqual(["DeleteDBInstance", "ModifyDBInstance"]);
});

test("passwords and secret values are omitted at any depth, flags with similar names are not", () => {
  const input = {
    MasterUserPassword: "a",
    ManageMasterUserPassword: "true",
    RotateMasterUserPassword: "true",
    SecretString: "b",
    Nested: [{ SecretBinary: "c", Name: "d" }],
  };
  expect(redact(input)).toEqual({
    MasterUserPassword: hidden,
    ManageMasterUserPassword: "true",
    RotateMasterUserPassword: "true",
    SecretString: hidden,
    Nested: [{ SecretBinary: hidden, Name: "d" }],
  });
  open().record(call("CreateDBInstance", input));
  expect(readFileSync(join(folder, "calls.jsonl"), "utf8")).toContain(hidden);
});

const hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
