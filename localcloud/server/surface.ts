import { cloudTrail } from "./cloudtrail/service";
import type { Surface } from "./http";
import { changeRoute } from "./outside-changes/change";
import { ownRoutes } from "./own-routes";
import { rds } from "./rds";
import { recordedRoutes } from "./recorded-resources/routes";
import { secretsManager } from "./secrets-manager/service";
import { sts } from "./sts";

/** Everything the server answers, in one place: a service or a route is here or nowhere. */
export const surface: Surface = {
  services: [rds, secretsManager, sts, cloudTrail],
  routes: [...ownRoutes, ...recordedRoutes, changeRoute],
  answered: (call, cloud) => cloud.calls.record(call),
};
