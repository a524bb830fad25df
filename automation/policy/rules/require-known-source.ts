import { standardTag } from "../../../components/standards/fixed";
import { instanceTagOf, type Standard } from "../../../components/standards/standard";
import { defineAdmissionRule } from "../rule";

export const requireKnownSource = defineAdmissionRule({
  id: "require-known-source",
  why: "A change needs a team that is responsible for the database, and a database that is declared as `StandardDatabase`: a change to any other may be undone by the next `up` of the program that declares it, or nobody may notice it. It must also follow the standard of this control plane, which decides how strictly it is judged: that of today, or one that a worker has had before. One with the same name that no worker ever had was checked by nobody. Every database may be read, and copied into a throwaway: it stays as it is, and the backups of a database that nobody owns need proof most. Anyone who may tag a database can set these tags, so the rule prevents mistakes only; abuse is prevented by the approval of the plan.",
  solution: `Declare the database as \`StandardDatabase\` and run \`up\`: that sets the tags \`owner\` and \`${standardTag}\`. Then request the operation again. If a database follows a standard that is not known here, bring its stack up with the standard of the control plane; \`npx shipshape standard check\` shows which that is.`,
  owner: "team-platform",
  judge({ operation, plan: { target, database, tags }, standard, standards }) {
    if (!database) return { verdict: "allowed", reason: `${target}: each database has a request of its own` };
    const ownerTag = standard.tags.owner.key;
    const missing = [ownerTag, standardTag].filter((name) => !isMeaningful(tags[name]));
    const tag = tags[standardTag] ?? "";
    const isKnown = [instanceTagOf(standard), ...standards].includes(tag) || isOurs(tag, standard);
    if (missing.length === 0 && !isKnown && operation.effect === "changes")
      return {
        verdict: "denied",
        reason: `${target} follows the standard ${tag}, and this control plane has ${instanceTagOf(standard)} and never had that one: what it would hold it to is unknown`,
      };
    if (missing.length === 0)
      return { verdict: "allowed", reason: `${target} belongs to ${tags[ownerTag]}, and Shipshape manages it` };
    const found = `${target} has no tag ${missing.join(" and no tag ")}`;
    return operation.effect === "changes"
      ? { verdict: "denied", reason: `${found}: it must not be changed` }
      : { verdict: "allowed", reason: `${found}, but ${operation.name} does not change it` };
  },
});

/** The tag of Shipshape's own standard is its version, whose figures its release has; a company's has its digest. */
const isOurs = (tag: string, { name }: Standard): boolean =>
  name === "shipshape" && (!tag.includes("/") || tag.startsWith("shipshape/"));

/** Spaces, dashes and invisible characters are not a value. */
const isMeaningful = (value: string | undefined): boolean => value !== undefined && /[\p{L}\p{N}]/u.test(value);
