import { z } from "zod";
import type { Route, RouteRequest } from "../wire/action";
import { defaultRegion } from "../wire/arn";
import { AwsError } from "../wire/aws-error";
import type { Cloud } from "../cloud";
import type { Properties, RecordedResource } from "./recorded-type";
import { supportedTypes } from "./supported-types";

const properties = z.record(z.string(), z.unknown());
const creation = z.strictObject({
  type: z.string(),
  name: z.string(),
  region: z.string().default(defaultRegion),
  properties,
});
const replacement = z.strictObject({ properties });

/** `/shipshape/recorded`, which the `aws` Pulumi plugin calls for every type without its own API here. */
export const recordedRoutes: Route[] = [
  {
    method: "POST",
    path: "/shipshape/recorded",
    run(request, cloud) {
      const record = cloud.recorded.create(parse(creation, request.body));
      return { status: 201, body: view(record) };
    },
  },
  {
    method: "GET",
    path: "/shipshape/recorded",
    run(request, cloud) {
      if (request.query.get("id") !== null) return { status: 200, body: view(named(request, cloud)) };
      const type = request.query.get("type") ?? undefined;
      return { status: 200, body: { resources: cloud.recorded.recordSet.list(type).map(view) } };
    },
  },
  {
    method: "PUT",
    path: "/shipshape/recorded",
    run(request, cloud) {
      const { properties } = parse(replacement, request.body);
      return { status: 200, body: view(cloud.recorded.replace(named(request, cloud), properties)) };
    },
  },
  {
    method: "DELETE",
    path: "/shipshape/recorded",
    run(request, cloud) {
      cloud.recorded.delete(named(request, cloud));
      return { status: 204 };
    },
  },
];

interface RecordedView {
  type: string;
  name: string;
  region: string;
  id: string;
  arn: string;
  properties: Properties;
  deletionAt?: string;
}

const view = ({ type, name, region, id, arn, properties, deletionAt }: RecordedResource): RecordedView => ({
  type,
  name,
  region,
  id,
  arn,
  properties,
  ...(deletionAt === undefined ? {} : { deletionAt }),
});

/** The one resource that `type=`, `id=` and, where an id exists in several Regions, `region=` name. */
function named(request: RouteRequest, cloud: Cloud): RecordedResource {
  const [type, id, region] = ["type", "id", "region"].map((name) => request.query.get(name) ?? "");
  if (!type || !id)
    throw new AwsError("MissingParameter", "the request must say which resource: ?type=<Pulumi type>&id=<id>");
  const found = cloud.recorded.recordSet.find(type, id, region || undefined);
  if (found === undefined)
    throw new AwsError(
      "ResourceNotFound",
      `there is no ${supportedTypes.get(type)?.noun ?? type} ${id}${region ? ` in ${region}` : ""}`,
      404,
    );
  return found;
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new AwsError(
    "InvalidParameterValue",
    result.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).join("; "),
  );
}
