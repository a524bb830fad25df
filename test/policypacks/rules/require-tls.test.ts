import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireTls } from "../../../policypacks/database-guardrails/rules/require-tls";
import {
  cluster,
  clusterParameterGroup,
  parameterGroup,
  proxy,
} from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource } from "../fixtures";

const group = (family: string, value?: unknown) =>
  resource(parameterGroup, { family, parameters: value === undefined ? [] : [{ name: "rds.force_ssl", value }] });

claims(requireTls, {
  passes: {
    "a group that forces TLS": group("postgres17", "1"),
    "a group whose family forces TLS by default": group("postgres17"),
    "a database without a group, from PostgreSQL 15 on": database({ parameterGroupName: undefined }),
    "a group created in the same preview, which is judged separately": database({ parameterGroupName: unknown }),
    "Aurora's default from 17 on": resource(cluster, { engine: "aurora-postgresql", engineVersion: "17.4" }),
    "a cluster's group that relies on the default of Aurora 17": resource(clusterParameterGroup, {
      family: "aurora-postgresql17",
      parameters: [],
    }),
    "an Aurora instance's group that leaves it to the cluster's": resource(parameterGroup, {
      family: "aurora-postgresql16",
      parameters: [],
    }),
    "a proxy that requires TLS": resource(proxy, { requireTls: true }),
    "another engine's group": group("mysql8.0"),
  },
  fails: {
    "a group that switches it off": [group("postgres17", "0"), 'parameters.rds.force_ssl is "0"; allowed: 1'],
    "the parameter in capitals, which the provider accepts": [
      resource(parameterGroup, { family: "postgres17", parameters: [{ name: "RDS.FORCE_SSL", value: "0" }] }),
      '"0"',
    ],
    "the parameter given twice": [
      resource(parameterGroup, {
        family: "postgres17",
        parameters: [
          { name: "rds.force_ssl", value: "1" },
          { name: "rds.force_ssl", value: "0" },
        ],
      }),
      "1 and 0",
    ],
    "a family in capitals": [group("POSTGRES17", "0"), '"0"'],
    "a cluster's group of Aurora 16 that relies on the default": [
      resource(clusterParameterGroup, { family: "aurora-postgresql16", parameters: [] }),
      "not set",
    ],
    "an engine in capitals, before PostgreSQL 15": [
      database({ parameterGroupName: "DEFAULT.postgres14", engine: "POSTGRES", engineVersion: "14.9" }),
      "the default group of 14.9",
    ],
    "a proxy that accepts any connection": [resource(proxy, { requireTls: false }), "requireTls is false"],
    "a proxy without the property": [resource(proxy), "requireTls is not set"],
    "an old family that does not force TLS by default": [group("postgres14"), "not set"],
    "a database without a group, before PostgreSQL 15": [
      database({ parameterGroupName: undefined, engineVersion: "14.9" }),
      "the default group of 14.9",
    ],
    "Aurora's default before 17": [
      resource(cluster, { engine: "aurora-postgresql", engineVersion: "16.2" }),
      "dbClusterParameterGroupName",
    ],
    "parameters of the wrong type": [resource(parameterGroup, { family: "postgres17", parameters: "none" }), "a list"],
  },
  undecided: {
    "an unknown value": group("postgres17", unknown),
    "unknown parameters": resource(parameterGroup, { family: "postgres17", parameters: unknown }),
  },
});
