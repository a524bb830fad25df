import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireTls } from "../../../policypacks/database-guardrails/rules/require-tls";
import {
  cluster,
  clusterParameterGroup,
  parameterGroup,
  proxy,
} from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some } from "../fixtures";

const group = (family: string, value?: unknown) =>
  some(parameterGroup, { family, parameters: value === undefined ? [] : [{ name: "rds.force_ssl", value }] });

claims(requireTls, {
  passes: {
    "a group that forces it": group("postgres17", "1"),
    "a group that leaves it to a default which does": group("postgres17"),
    "a database without a group, from PostgreSQL 15 on": database({ parameterGroupName: undefined }),
    "a group of the same preview, judged by itself": database({ parameterGroupName: unknown }),
    "Aurora's default from 17 on": some(cluster, { engine: "aurora-postgresql", engineVersion: "17.4" }),
    "a cluster's group that leaves it to Aurora 17": some(clusterParameterGroup, {
      family: "aurora-postgresql17",
      parameters: [],
    }),
    "a group below a cluster's, which says nothing of it": some(parameterGroup, {
      family: "aurora-postgresql16",
      parameters: [],
    }),
    "a proxy that takes TLS only": some(proxy, { requireTls: true }),
    "another engine's group": group("mysql8.0"),
  },
  fails: {
    "a group that switches it off": [group("postgres17", "0"), 'parameters.rds.force_ssl is "0"; allowed: 1'],
    "the parameter in capitals, as the provider takes it": [
      some(parameterGroup, { family: "postgres17", parameters: [{ name: "RDS.FORCE_SSL", value: "0" }] }),
      '"0"',
    ],
    "the parameter given twice": [
      some(parameterGroup, {
        family: "postgres17",
        parameters: [
          { name: "rds.force_ssl", value: "1" },
          { name: "rds.force_ssl", value: "0" },
        ],
      }),
      "1 and 0",
    ],
    "a family in capitals": [group("POSTGRES17", "0"), '"0"'],
    "a cluster's group of Aurora 16 that says nothing": [
      some(clusterParameterGroup, { family: "aurora-postgresql16", parameters: [] }),
      "not set",
    ],
    "an engine in capitals, before PostgreSQL 15": [
      database({ parameterGroupName: "DEFAULT.postgres14", engine: "POSTGRES", engineVersion: "14.9" }),
      "the default of 14.9",
    ],
    "a proxy that takes any connection": [some(proxy, { requireTls: false }), "requireTls is false"],
    "a proxy that says nothing": [some(proxy), "requireTls is not set"],
    "an old family whose default is off": [group("postgres14"), "not set"],
    "a database without a group, before PostgreSQL 15": [
      database({ parameterGroupName: undefined, engineVersion: "14.9" }),
      "the default of 14.9",
    ],
    "Aurora's default before 17": [
      some(cluster, { engine: "aurora-postgresql", engineVersion: "16.2" }),
      "dbClusterParameterGroupName",
    ],
    "parameters of the wrong type": [some(parameterGroup, { family: "postgres17", parameters: "none" }), "a list"],
  },
  undecided: {
    "a value that is not known": group("postgres17", unknown),
    "parameters that are not known": some(parameterGroup, { family: "postgres17", parameters: unknown }),
  },
});
