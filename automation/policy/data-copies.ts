/** Pure: where the data of a plan goes. */
import { environmentsOf, type Standard } from "../../components/standards/standard";
import type { DataCopy } from "../copy-records";
import type { PlanBasis } from "../records";

/** Undefined if its tag names none of the standard's. */
export const environmentOfSource = ({ source }: DataCopy, standard: Standard): string | undefined =>
  environmentsOf(standard).find((known) => known === source.tags[standard.tags.environment.key]);

/** Whether no copy is made: one that is there stays longer. */
export const onlyStaysLonger = ({ dataFrom, madeOf }: DataCopy): boolean =>
  dataFrom !== undefined && madeOf === undefined;

/** Whether it leaves data of a database in another environment or account. From an unknown environment, it does. */
export const leavesItsPlace = ({ copies }: Pick<PlanBasis, "copies">, standard: Standard): boolean =>
  copies !== undefined &&
  (environmentOfSource(copies, standard) !== copies.to.environment ||
    copies.source.database.account !== copies.to.account);
