import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireMultiAz } from "../../../policypacks/database-guardrails/rules/require-multi-az";
import { claims, database, tagged, withSource } from "../fixtures";

claims(requireMultiAz, {
  passes: {
    "gold with a standby": database(),
    "an edition of SQL Server that does not offer a standby": database({ multiAz: false, engine: "sqlserver-ex" }),
    "bronze without a standby": database({ multiAz: false, ...tagged({ tier: "bronze" }) }),
    "staging without a standby": database({ multiAz: false, ...tagged({ environment: "staging" }) }),
    "a replica": withSource({ multiAz: false }),
  },
  fails: {
    "gold without a standby": [database({ multiAz: false }), "multiAz is false; allowed: true (production gold)"],
    "a replica of an unknown source": [
      database({ multiAz: false, replicateSourceDb: "elsewhere" }),
      "multiAz is false",
    ],
    "silver without a value": [database({ multiAz: undefined, ...tagged({ tier: "silver" }) }), "production silver"],
    "a value of the wrong type": [database({ multiAz: "two" }), "true or false"],
  },
  undecided: { "an unknown value": database({ multiAz: unknown }) },
});
