/** What could not be read, and where: the rest is still judged. Plain data, so that workers can pass it on. */
export interface Problem {
  code: "state-unreadable" | "pack-config-invalid" | "waiver-invalid" | "baseline-invalid";
  file: string;
  line: number;
  reason: string;
}
