import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireMultiAz } from "../../../policypacks/database-guardrails/rules/require-multi-az";
import { claims, database, tagged, withSource } from "../fixtures";

claims(requireMultiAz, {
  passes: {
    "gold with a standby": database(),
    "an edition of SQL Server that has no standby": database({ multiAz: false, engine: "sqlserver-ex" }),
    "bronze without": database({ multiAz: false, ...tagged({ tier: "bronze" }) }),
    "staging without": database({ multiAz: false, ...tagged({ environment: "staging" }) }),
    "a replica": withSource({ multiAz: false }),
  },
  fails: {
    "gold without": [database({ multiAz: false }), "multiAz is false; allowed: true (production gold)"],
    "a replica of what nobody can see": [
      database({ multiAz: false, replicateSourceDb: "whatever" }),
      "multiAz is false",
    ],
    "silver that says nothing": [database({ multiAz: undefined, ...tagged({ tier: "silver" }) }), "production silver"],
    "a value of the wrong type": [database({ multiAz: "two" }), "true or false"],
  },
  undecided: { "a value that is not known": database({ multiAz: unknown }) },
});
