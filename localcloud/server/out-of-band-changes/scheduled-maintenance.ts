import { z } from "zod";
import { instanceArn } from "../rds/instances/describe-instance";
import type { Route } from "../wire/action";
import { AwsError } from "../wire/aws-error";

const scheduled = z.strictObject({
  arn: z.string().min(1),
  action: z.enum(["system-update", "db-upgrade", "ca-certificate-rotation", "hardware-maintenance"]),
  /** Of a mandatory one. */
  appliedAfter: z.iso.datetime().optional(),
});

/** `/shipshape/maintenance`: AWS schedules maintenance of an instance. An upgrade carries out what goes with it. */
export const maintenanceRoute: Route = {
  method: "POST",
  path: "/shipshape/maintenance",
  run(request, cloud) {
    const requested = scheduled.safeParse(request.body);
    if (!requested.success)
      throw new AwsError("InvalidParameterValue", "maintenance is {arn, action, appliedAfter: <optional time>}");
    const { arn, action, appliedAfter } = requested.data;
    const found = cloud.instances.list().find((instance) => instanceArn(instance, cloud.accountId) === arn);
    if (!found) throw new AwsError("ResourceNotFound", `there is no DB instance with the ARN ${arn}`, 404);
    const one = {
      ...{ Action: action, Description: `a ${action} that was planted` },
      ...(appliedAfter !== undefined && { AutoAppliedAfterDate: appliedAfter }),
    };
    cloud.instances.update(found.resourceId, (current) => {
      current.maintenance = [...(current.maintenance ?? []).filter(({ Action }) => Action !== action), one];
    });
    return { status: 200, body: { arn, maintenance: one } };
  },
};
