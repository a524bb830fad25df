import type { Alert } from "../../../automation/alert-records";

export const alert: Alert = {
  key: "0123456789abcdef0123456789abcdef",
  kind: "verdict-fail",
  title: "A run ended with the verdict fail",
  database: "orders",
  owner: "team-orders",
  what: "restore-drill: <marker> & other checks failed",
  command: "npx shipshape show 261123093000-1a2b3c4d",
  requestId: "261123093000-1a2b3c4d",
};
