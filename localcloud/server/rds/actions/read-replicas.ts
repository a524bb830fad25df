import { z } from "zod";
import { action, type Action, type Call } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { integer, text } from "../../wire/query-input";
import { describeInstance } from "../instances/describe-instance";
import { checkBackupRetention, checkWindows } from "../instances/setting-checks";
import { newReplica, replicaInput } from "../replicas/new-replica";

export const readReplicaActions: Action[] = [
  action({
    name: "CreateDBInstanceReadReplica",
    input: replicaInput,
    run: (input, call) => answer(call.cloud.instances.begin(newReplica(input, call), { kind: "replicate" }), call),
  }),
  action({
    name: "PromoteReadReplica",
    input: z.strictObject({
      DBInstanceIdentifier: text,
      BackupRetentionPeriod: integer.default(1),
      PreferredBackupWindow: text.optional(),
    }),
    run(input, call) {
      const { BackupRetentionPeriod: retentionDays, PreferredBackupWindow: backupWindow } = input;
      const instance = call.cloud.instances.get(call.region, input.DBInstanceIdentifier);
      const { DBInstanceIdentifier: name, PreferredMaintenanceWindow } = instance.shape;
      checkBackupRetention(retentionDays);
      if (instance.replicaOf === undefined)
        throw new AwsError("InvalidDBInstanceState", `DB Instance ${name} is not a read replica.`);
      if (instance.status !== "available")
        throw new AwsError(
          "InvalidDBInstanceState",
          `instance ${name} is ${instance.status}; it can be promoted only when it is available.`,
        );
      if (backupWindow !== undefined) checkWindows({ PreferredBackupWindow: backupWindow, PreferredMaintenanceWindow });
      return answer(
        call.cloud.instances.begin(instance, {
          kind: "promote",
          retentionDays,
          ...(backupWindow === undefined ? {} : { backupWindow }),
        }),
        call,
      );
    },
  }),
];

const answer = (instance: Parameters<typeof describeInstance>[0], call: Call): object => ({
  DBInstance: describeInstance(instance, call.cloud),
});
