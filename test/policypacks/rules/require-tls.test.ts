import { unknown } from "../../../policypacks/database-guardrails/properties";
import { requireTls } from "../../../policypacks/database-guardrails/rules/require-tls";
import { cluster, parameterGroup } from "../../../policypacks/database-guardrails/types";
import { claims, database, some } from "../fixtures";

const group = (family: string, value?: unknown) => some(parameterGroup, { family, parameters: value === undefined ? [] : [{ name: "rds.force_ssl", value }] });

claims(requireTls, {
  passes: {
    "a group that forces it": group("postgres17", "1"),
    "a group that leaves it to a default which does": group("postgres17"),
    "a database without a group, from PostgreSQL 15 on": database({ parameterGroupName: undefined }),
    "a group of the same preview, judged by itself": database({ parameterGroupName: unknown }),
    "another engine's group": group("mysql8.0"),
  },
  fails: {
    "a group that switches it off": [group("postgres17", "0"), 'parameters.rds.force_ssl is "0"; allowed: 1'],
    "an old family whose default is off": [group("postgres14"), "not set"],
    "a database without a group, before PostgreSQL 15": [database({ parameterGroupName: undefined, engineVersion: "14.9" }), "the default of 14.9"],
    "Aurora's default before 17": [some(cluster, { engine: "aurora-postgresql", engineVersion: "16.2" }), "dbClusterParameterGroupName"],
    "parameters of the wrong type": [some(parameterGroup, { family: "postgres17", parameters: "none" }), "a list"],
  },
  undecided: {
    "a value that is not known": group("postgres17", unknown),
    "parameters that are not known": some(parameterGroup, { family: "postgres17", parameters: unknown }),
  },
});
