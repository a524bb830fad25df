import type { Row } from "./row";
import { databaseRows, firstRows } from "./rows-cloud";
import { controlPlaneRows } from "./rows-control-plane";
import { evidenceRows, guardrailRows } from "./rows-evidence";

/** In an order that works: each begins where the ones before it left the cloud and the control plane. */
export const rows: readonly Row[] = [
  ...firstRows,
  ...databaseRows,
  ...controlPlaneRows,
  ...evidenceRows,
  ...guardrailRows,
];
