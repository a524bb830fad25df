import { database, productionTags } from "../../policypacks/fixtures";

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x:y" };

/** An export of a stack with one database. */
export function exported(
  properties: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
  stack = "database.orders-production",
): Record<string, unknown> {
  const given = { ...database().properties, ...properties };
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::shipshape::${type}::${name}`;
  const alarm = (metricName: string) => {
    const alarmed = {
      metricName,
      dimensions: { DBInstanceIdentifier: "orders-production" },
      alarmActions: ["arn:aws:sns:eu-central-1:1:t"],
      tags: productionTags,
    };
    return {
      urn: urn("aws:cloudwatch/metricAlarm:MetricAlarm", metricName),
      custom: true,
      type: "aws:cloudwatch/metricAlarm:MetricAlarm",
      inputs: alarmed,
      outputs: alarmed,
    };
  };
  return {
    version: 3,
    deployment: {
      manifest: { time: "2026-11-23T10:00:00Z", magic: "", version: "v3.250.0" },
      resources: [
        { urn: urn("pulumi:pulumi:Stack", `shipshape-${stack}`), custom: false, type: "pulumi:pulumi:Stack" },
        {
          urn: urn("aws:rds/instance:Instance", "orders-instance"),
          custom: true,
          id: "db-1",
          type: "aws:rds/instance:Instance",
          inputs: {
            ...given,
            tags: {
              ...productionTags,
              "shipshape:standard": "1.0.0",
              ...((properties["tags"] as object | undefined) ?? {}),
            },
          },
          outputs: {
            ...given,
            tags: {
              ...productionTags,
              "shipshape:standard": "1.0.0",
              ...((properties["tags"] as object | undefined) ?? {}),
            },
          },
          protect: true,
          sourcePosition: "project:///node_modules/shipshape/dist/components/standard-database.js#90,22",
          stackTrace: [
            { sourcePosition: "project:///node_modules/shipshape/dist/components/standard-database.js#90,22" },
            { sourcePosition: "project:///program.ts#12,3" },
          ],
          propertyDependencies: { identifier: null },
          ...more,
        },
        ...["CPUUtilization", "FreeStorageSpace", "FreeableMemory", "DatabaseConnections"].map(alarm),
      ],
    },
  };
}

export const aSecret = secret;

/** One resource of a state; its outputs are its inputs unless given. */
export const resource = (type: string, name: string, inputs?: Record<string, unknown>, outputs = inputs) => ({
  urn: `urn:pulumi:prod::shop::${type}::${name}`,
  custom: true,
  id: `${name}-id`,
  type,
  ...(inputs && { inputs }),
  ...(outputs && { outputs }),
});
export const stateOf = (resources: readonly object[]) => ({ version: 3, deployment: { manifest: {}, resources } });
