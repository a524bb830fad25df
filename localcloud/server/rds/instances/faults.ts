import { PostgresError } from "../../../postgres/postgres-errors";
import { isDiskFull } from "../../wire/failures";
import type { InstanceStatus } from "./instance-record";

export interface Fault {
  status: InstanceStatus;
  category: "failure" | "low storage" | "configuration change" | "restoration";
  message: string;
}

/** What a failed operation means for the instance, in RDS's terms. Only this instance is affected. */
export function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof PostgresError ? error.code : undefined;
  const hint = error instanceof PostgresError && error.hint ? ` ${error.hint}` : "";
  if (isDiskFull(error))
    return {
      status: "storage-full",
      category: "low storage",
      message: `The DB instance has no disk space left: ${message}${hint}`,
    };
  if (code === "port-taken")
    return {
      status: "incompatible-network",
      category: "failure",
      message: `The DB instance cannot have its port: ${message}${hint}`,
    };
  if (code === "incompatible-parameters") {
    return {
      status: "incompatible-parameters",
      category: "configuration change",
      message: `The DB instance does not start with its parameters: ${message}${hint}`,
    };
  }
  if (code === "cannot-recover")
    return {
      status: "incompatible-restore",
      category: "restoration",
      message: `The DB instance cannot be restored: ${message}${hint}`,
    };
  return { status: "failed", category: "failure", message: `The DB instance has failed: ${message}${hint}` };
}
