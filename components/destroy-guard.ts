import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * Protects a component as a whole. A destroy deletes dependents first and fails only at the first protected resource:
 * by then alarms are gone, secrets are scheduled for deletion, and grants have left the state (measured, without the
 * preview that would have stopped it). This resource depends on all leaves, so it is the first to be deleted;
 * protected, it stops the destroy before anything else is touched.
 */
export function destroyGuard(
  name: string,
  protect: boolean,
  leaves: pulumi.Resource[],
  options: pulumi.CustomResourceOptions,
): random.RandomId {
  return new random.RandomId(`${name}-keystone`, { byteLength: 1 }, { ...options, protect, dependsOn: leaves });
}
