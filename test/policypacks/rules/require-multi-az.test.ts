import { unknown } from "../../../policypacks/database-guardrails/properties";
import { requireMultiAz } from "../../../policypacks/database-guardrails/rules/require-multi-az";
import { claims, database, tagged } from "../fixtures";

claims(requireMultiAz, {
  passes: {
    "gold with a standby": database(),
    "bronze without": database({ multiAz: false, ...tagged({ tier: "bronze" }) }),
    "staging without": database({ multiAz: false, ...tagged({ environment: "staging" }) }),
    "a replica": database({ multiAz: false, replicateSourceDb: "orders-production" }),
  },
  fails: {
    "gold without": [database({ multiAz: false }), "multiAz is false; allowed: true (production gold)"],
    "silver that says nothing": [database({ multiAz: undefined, ...tagged({ tier: "silver" }) }), "production silver"],
    "a value of the wrong type": [database({ multiAz: "two" }), "true or false"],
  },
  undecided: { "a value that is not known": database({ multiAz: unknown }) },
});
