/** A Pulumi engine that is ready to be put on PATH, its Node.js language host beside it. */
export interface Engine {
  version: string;
  folder: string;
  source: "path" | "download" | "built";
}

/** One line of news for the person who waits. */
export type Progress = (line: string) => void;
