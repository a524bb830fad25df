import { standardTag } from "../../../components/standards/fixed";
import { defineAdmissionRule } from "../rule";

export const requireKnownSource = defineAdmissionRule({
  id: "require-known-source",
  why: "A change needs a team that is responsible for the database, and a database that is declared as `StandardDatabase`: a change to any other may be undone by the next `up` of the program that declares it, or nobody may notice it. It must also follow the standard of this control plane, which decides how strictly it is judged. Every database may be read, and copied into a throwaway: it stays as it is, and the backups of a database that nobody owns need proof most. Anyone who may tag a database can set these tags, so the rule prevents mistakes only; abuse is prevented by the approval of the plan.",
  solution: `Declare the database as \`StandardDatabase\` and run \`up\`: that sets the tags \`owner\` and \`${standardTag}\`. Then request the operation again.`,
  owner: "team-platform",
  judge({ operation, plan: { target, database, tags }, standard }) {
    if (!database) return { verdict: "allowed", reason: `${target}: each database has a request of its own` };
    const ownerTag = standard.tags.owner.key;
    const missing = [ownerTag, standardTag].filter((name) => !isMeaningful(tags[name]));
    const followed = standardNameOf(tags[standardTag] ?? "");
    if (missing.length === 0 && followed !== standard.name && operation.effect === "changes")
      return {
        verdict: "denied",
        reason: `${target} follows the standard ${followed}, and this control plane has ${standard.name}: what it would hold it to is unknown`,
      };
    if (missing.length === 0)
      return { verdict: "allowed", reason: `${target} belongs to ${tags[ownerTag]}, and Shipshape manages it` };
    const found = `${target} has no tag ${missing.join(" and no tag ")}`;
    return operation.effect === "changes"
      ? { verdict: "denied", reason: `${found}: it must not be changed` }
      : { verdict: "allowed", reason: `${found}, but ${operation.name} does not change it` };
  },
});

/** A company's tag is `<name>/<version>/<digest>`; that of Shipshape's own standard is its version. */
const standardNameOf = (tag: string): string => (tag.includes("/") ? tag.slice(0, tag.indexOf("/")) : "shipshape");

/** Spaces, dashes and invisible characters are not a value. */
const isMeaningful = (value: string | undefined): boolean => value !== undefined && /[\p{L}\p{N}]/u.test(value);
