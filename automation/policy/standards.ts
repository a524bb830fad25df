/** Which standards are known: those that workers have had, which were checked when they started. */
import { instanceTagOf, type Standard } from "../../components/standards/standard";
import type { Database } from "../database";
import { standardsKnownMax } from "./limits";

/** A worker that starts has this one. */
export const publishStandard = (database: Database, standard: Standard) =>
  database.query("insert into standard (tag, digest) values ($1, $2) on conflict do nothing", [
    instanceTagOf(standard),
    standard.digest,
  ]);

/** By the tag of the databases that follow them, the newest first. */
export const knownStandards = async (database: Database): Promise<string[]> =>
  (
    await database.query<{ tag: string }>("select tag from standard order by first_held_at desc limit $1", [
      standardsKnownMax,
    ])
  ).map(({ tag }) => tag);
