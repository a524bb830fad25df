import type { OrderOfSteps } from "../../harness/order-of-steps";

export const backupAuditOrder: OrderOfSteps = {
  2: {
    "good backups": {
      observe: ["look at the database", "look at the database (before the run)"],
      run: [
        "read the automated backups",
        "read the snapshots and their sharing",
        "ask AWS Backup",
        "ask the server for page checksums",
        "read the evidence of its drills",
      ],
      cleanUp: [],
    },
  },
};
