/** A Pulumi engine that is ready to be put on PATH, with its Node.js language host next to it. */
export interface Engine {
  version: string;
  folder: string;
  source: "path" | "download" | "built";
}

/** One line of progress for the user. */
export type Progress = (line: string) => void;
