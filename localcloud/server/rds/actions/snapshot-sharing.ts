import { z } from "zod";
import { limits } from "../../limits";
import { action, type Action } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { list, text } from "../../wire/query-input";
import { checkIdentifier } from "../instances/setting-checks";
import { findSnapshot } from "../snapshots/find-snapshot";

/** The one attribute of a snapshot: who may restore it besides its own account. `all` makes it public. */
const attribute = "restore";

export const snapshotSharingActions: Action[] = [
  action({
    name: "DescribeDBSnapshotAttributes",
    input: z.strictObject({ DBSnapshotIdentifier: text }),
    run(input, call) {
      const { snapshot } = findSnapshot(input.DBSnapshotIdentifier, call);
      return attributesOf(snapshot.identifier, snapshot.sharedWith);
    },
  }),
  action({
    name: "ModifyDBSnapshotAttribute",
    input: z.strictObject({
      DBSnapshotIdentifier: text,
      AttributeName: text,
      ValuesToAdd: list(text).optional(),
      ValuesToRemove: list(text).optional(),
    }),
    run(input, { cloud, region }) {
      // An automated snapshot has no name that RDS takes here: only manual ones can be shared.
      checkIdentifier("DBSnapshotIdentifier", input.DBSnapshotIdentifier, 255);
      const snapshot = cloud.snapshots.get(region, input.DBSnapshotIdentifier);
      if (input.AttributeName !== attribute)
        throw invalid(`invalid attribute name ${input.AttributeName}: snapshots have only the attribute ${attribute}`);
      if (snapshot.status !== "available")
        throw new AwsError(
          "InvalidDBSnapshotState",
          `the snapshot ${snapshot.identifier} is ${snapshot.status}; it can be shared only when it is available.`,
        );
      const [added, removed] = [input.ValuesToAdd ?? [], input.ValuesToRemove ?? []];
      for (const account of [...added, ...removed])
        if (!/^(all|\d{12})$/.test(account))
          throw invalid(`invalid value ${account} for attribute ${attribute}: give 12-digit account ids, or all`);
      if (added.includes("all") && snapshot.source.shape.StorageEncrypted)
        throw invalid(
          `the snapshot ${snapshot.identifier} is encrypted: it can be shared with accounts, but it cannot be public`,
        );
      const sharedWith = [...new Set([...(snapshot.sharedWith ?? []), ...added])].filter((a) => !removed.includes(a));
      if (sharedWith.length > limits.accountsPerSharedSnapshot)
        throw new AwsError(
          "SharedSnapshotQuotaExceeded",
          `a snapshot can be shared with ${limits.accountsPerSharedSnapshot} accounts at most, not with ${sharedWith.length}`,
        );
      cloud.snapshots.put({ ...snapshot, sharedWith });
      return attributesOf(snapshot.identifier, sharedWith);
    },
  }),
];

const attributesOf = (identifier: string, sharedWith: string[] = []): object => ({
  DBSnapshotAttributesResult: {
    DBSnapshotIdentifier: identifier,
    DBSnapshotAttributes: [{ AttributeName: attribute, AttributeValues: sharedWith }],
  },
});

const invalid = (message: string) => new AwsError("InvalidParameterValue", message);
