import { isProduction } from "../../../components/standards/standard";
import { environmentOfSource } from "../data-copies";
import { defineAdmissionRule } from "../rule";

export const forbidUnmaskedCopy = defineAdmissionRule({
  id: "forbid-unmasked-copy",
  why: "More people can read a database that is not production, with weaker logins, and real names do not belong there. So nothing leaves a copy of production data there but a masked one: what makes one masks it by an approved profile, and what keeps one that is there needs its proof, the signed statement of the refresh that made it, for its resource id and still valid. A tag proves nothing, since anyone who may tag a database can set it. Data whose environment is unknown counts as production data. The guardrail of the same name asks the same of databases that exist.",
  solution:
    "Request the copy with `npx shipshape request environment-refresh`. For a copy whose proof is missing or over, request another, and remove the one that is there.",
  owner: "team-security",
  judge({ operation, plan: { copies }, standard, now }) {
    if (!copies) return { verdict: "allowed", reason: `${operation.name} leaves no copy of a database's data` };
    const { source, to, masked, dataFrom, proof } = copies;
    const { identifier } = source.database;
    const environment = environmentOfSource(copies, standard);
    if (environment !== undefined && !isProduction(standard, environment))
      return { verdict: "allowed", reason: `${identifier} is of ${environment}, which is not production` };
    if (isProduction(standard, to.environment))
      return { verdict: "allowed", reason: `the data of ${identifier} stays in production` };
    if (!masked)
      return { verdict: "denied", reason: `the copy of ${identifier} in ${to.environment} would not be masked` };
    if (dataFrom === undefined)
      return { verdict: "allowed", reason: `the copy is masked by the profile ${masked.profileDigest.slice(0, 12)}` };
    if (!proof) return { verdict: "denied", reason: "no signed statement of a refresh proves that the copy is masked" };
    return now.toISOString().slice(0, 10) > proof.expiresOn
      ? { verdict: "denied", reason: `the proof of refresh ${proof.refresh} was valid until ${proof.expiresOn}` }
      : { verdict: "allowed", reason: `refresh ${proof.refresh} has masked the copy, as its signed statement says` };
  },
});
