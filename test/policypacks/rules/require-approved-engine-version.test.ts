import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireApprovedEngineVersion } from "../../../policypacks/database-guardrails/rules/require-approved-engine-version";
import { claims, database, judged } from "../fixtures";

claims(requireApprovedEngineVersion, {
  passes: {
    "an approved minor": database(),
    "an approved minor that RDS rebuilt": database({ engineVersion: "17.10-R1" }),
    "a major alone, which AWS resolves to its newest minor": database({ engineVersion: "17" }),
    "a restore without a version, which has its source's": database({
      engineVersion: undefined,
      snapshotIdentifier: "s",
    }),
    "another engine, whose versions are not listed": database({ engine: "mysql", engineVersion: "8.0.36" }),
  },
  fails: {
    "a minor below the minimum": [database({ engineVersion: "17.2" }), "set 17.9 or newer"],
    "a rebuilt minor below the minimum": [database({ engineVersion: "17.2-R2" }), "set 17.9 or newer"],
    "a version named like a JavaScript built-in": [
      database({ engineVersion: "constructor" }),
      "set a version of an approved major",
    ],
    "a minor that is not a number": [database({ engineVersion: "17.latest" }), "set 17.9 or newer"],
    "a major that is not approved": [
      database({ engineVersion: "13.4" }),
      "16.13 or newer, 17.9 or newer, 18.3 or newer",
    ],
    "no version": [database({ engineVersion: undefined }), "pin a version"],
    "a version of the wrong type": [database({ engineVersion: ["17.10"] }), "a string"],
  },
  undecided: { "an unknown version": database({ engineVersion: unknown }) },
});

test("an approval ends on its date", () => {
  expect(
    judged(requireApprovedEngineVersion, database({ engineVersion: "16.13" }), { settings: { today: "2028-11-09" } }),
  ).toEqual([]);
  expect(
    judged(requireApprovedEngineVersion, database({ engineVersion: "16.13" }), { settings: { today: "2028-11-10" } })[0]
      ?.message,
  ).toContain("ended on 2028-11-09");
});
