import { cloudTrail } from "./cloudtrail/service";
import { cloudWatch } from "./cloudwatch/service";
import type { Endpoints } from "./wire/http";
import { changeRoute } from "./out-of-band-changes/change";
import { maintenanceRoute } from "./out-of-band-changes/scheduled-maintenance";
import { localRoutes } from "./local-routes";
import { rds } from "./rds/service";
import { recordedRoutes } from "./recorded/routes";
import { secretsManager } from "./secrets-manager/service";
import { sts } from "./sts/service";

/** Every service and route of the server. */
export const endpoints: Endpoints = {
  services: [rds, secretsManager, sts, cloudTrail, cloudWatch],
  routes: [...localRoutes, ...recordedRoutes, changeRoute, maintenanceRoute],
  answered: (call, cloud) => cloud.calls.record(call),
};
