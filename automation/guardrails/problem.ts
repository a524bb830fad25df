/**
 * What could not be read, and where a person finds it: the rest is judged anyway. Plain, so that workers can hand
 * it on.
 */
export interface Problem {
  code: "state-unreadable" | "pack-config-invalid" | "waiver-invalid";
  file: string;
  line: number;
  reason: string;
}
