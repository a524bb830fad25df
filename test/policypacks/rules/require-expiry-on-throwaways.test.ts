import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireExpiryOnThrowaways } from "../../../policypacks/database-guardrails/rules/require-expiry-on-throwaways";
import { claims, database, tagged, throwaway } from "../fixtures";

const copy = (tags: Record<string, unknown>) =>
  database({ snapshotIdentifier: "s", ...tagged({ "shipshape:ring": undefined, ...tags }) });

claims(requireExpiryOnThrowaways, {
  passes: {
    "a throwaway of a run": throwaway(),
    "the last day that is allowed": copy({ "shipshape:run": "r", "shipshape:expires-on": "2026-11-30" }),
    "a database that is no copy": database(),
    "one that was restored to stay": database({ snapshotIdentifier: "s" }),
    "an expiry with a time, today": copy({ "shipshape:run": "r", "shipshape:expires-on": "2026-11-23T18:00:00Z" }),
  },
  fails: {
    "a copy nobody will remove": [copy({}), "add shipshape:run, shipshape:expires-on"],
    "a run without an expiry": [copy({ "shipshape:run": "r" }), "no shipshape:expires-on"],
    "one that has expired": [copy({ "shipshape:run": "r", "shipshape:expires-on": "2026-11-22" }), "it has expired"],
    "an expiry beyond a week": [
      copy({ "shipshape:run": "r", "shipshape:expires-on": "2026-12-01" }),
      "7 days ahead at most",
    ],
    "an expiry in some thousand years, on what is no copy": [
      database(tagged({ "shipshape:run": "r", "shipshape:expires-on": "9999-12-31" })),
      "7 days ahead at most",
    ],
    "an expiry that is no date": [copy({ "shipshape:run": "r", "shipshape:expires-on": "soon" }), "give a date"],
    "tags of the wrong type": [database({ snapshotIdentifier: "s", tags: [] }), "an object"],
  },
  undecided: { "an expiry that is not known": copy({ "shipshape:run": "r", "shipshape:expires-on": unknown }) },
});
