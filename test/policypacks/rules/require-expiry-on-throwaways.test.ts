import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireExpiryOnThrowaways } from "../../../policypacks/database-guardrails/rules/require-expiry-on-throwaways";
import { claims, database, tagged, throwaway } from "../fixtures";

const copy = (tags: Record<string, unknown>) =>
  database({ snapshotIdentifier: "s", ...tagged({ "shipshape:ring": undefined, ...tags }) });

claims(requireExpiryOnThrowaways, {
  passes: {
    "a throwaway of a run": throwaway(),
    "an expiry on the last allowed day": copy({ "shipshape:run": "r", "shipshape:expires-on": "2026-11-30" }),
    "a database that is not a copy": database(),
    "a restored database that is kept, with a ring": database({ snapshotIdentifier: "s" }),
    "an expiry today, with a time": copy({ "shipshape:run": "r", "shipshape:expires-on": "2026-11-23T18:00:00Z" }),
  },
  fails: {
    "a copy without run and expiry": [copy({}), "add shipshape:run, shipshape:expires-on"],
    "a run without an expiry": [copy({ "shipshape:run": "r" }), "tags is missing shipshape:expires-on"],
    "a copy that has expired": [copy({ "shipshape:run": "r", "shipshape:expires-on": "2026-11-22" }), "it has expired"],
    "an expiry beyond a week": [
      copy({ "shipshape:run": "r", "shipshape:expires-on": "2026-12-01" }),
      "7 days ahead at most",
    ],
    "an expiry in the distant future, on a database that is not a copy": [
      database(tagged({ "shipshape:run": "r", "shipshape:expires-on": "9999-12-31" })),
      "7 days ahead at most",
    ],
    "an expiry that is not a date": [copy({ "shipshape:run": "r", "shipshape:expires-on": "soon" }), "set a date"],
    "tags of the wrong type": [database({ snapshotIdentifier: "s", tags: [] }), "an object"],
  },
  undecided: { "an unknown expiry": copy({ "shipshape:run": "r", "shipshape:expires-on": unknown }) },
});
