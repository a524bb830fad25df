import { databaseInvokes } from "./databases";
import { identityInvokes } from "./identity";
import type { Invokes } from "./invokes";
import { networkInvokes } from "./network";
import { secretInvokes } from "./secrets";

export const invokes: Invokes = { ...identityInvokes, ...networkInvokes, ...databaseInvokes, ...secretInvokes };
