/** The effects of a gate that compares the load of databases with that before their patch. */
import { atOnce } from "../../at-once";
import { ShipshapeError } from "../../errors";
import { identityOf } from "../../fleet-records";
import type { SampleMoment, TakenSample } from "../../load-records";
import { standingIn } from "../../runner/replaced-instances";
import { keepSample, readSamples } from "../../runner/train-loads";
import { awsClients } from "../../targets/aws-access";
import { inControlSession } from "../../targets/control-session";
import { controlRole, findDatabaseLogin, requireSameDatabase } from "../../targets/database-login";
import { readLoadSample } from "../../targets/load-sample";
import { accessTo } from "../../targets/locations";
import type { Probe } from "../../train-records";
import type { OperationContext } from "../operation-context";
import { samplesAtOnceMax } from "./limits";
import { comparedLoad } from "./load-comparison";
import type { PlannedDatabase } from "./rings";

/** What was found of one database. */
export interface ComparedDatabase {
  identity: string;
  probes: Probe[];
}

export function loadSteps(s: Pick<OperationContext, "standard" | "access" | "database">) {
  return {
    /** Safe to repeat. */
    sample: async (trainId: string, databases: PlannedDatabase[], moment: SampleMoment): Promise<void> => {
      await atOnce(databases, samplesAtOnceMax, async (one) =>
        keepSample(s.database, trainId, identityOf(one), moment, await sampleOf(one)),
      );
    },

    /** Of each, its load between two moments of the watch with that before its patch. */
    compare: (
      trainId: string,
      databases: PlannedDatabase[],
      from: SampleMoment,
      to: SampleMoment,
    ): Promise<ComparedDatabase[]> =>
      atOnce(databases, samplesAtOnceMax, async (one) => {
        const samples = await readSamples(s.database, trainId, identityOf(one));
        const load = { before: samples.get("before"), from: samples.get(from), to: samples.get(to) };
        const probes = comparedLoad(load).map((probe) => ({ ...probe, name: `${one.identifier}: ${probe.name}` }));
        return { identity: identityOf(one), probes };
      }),
  };

  /** A login that fails is found, and is no error of the run. */
  async function sampleOf(database: PlannedDatabase): Promise<TakenSample> {
    const { identifier } = database;
    try {
      const clients = awsClients(accessTo(s.access, database));
      const login = await findDatabaseLogin(clients, s.standard, identifier, controlRole);
      // After a switchover of ours, the counters of the new instance have begun again: the comparison says so.
      const expected = (await standingIn(s.database, identityOf(database))).split(" ").at(-1) ?? "";
      requireSameDatabase(identifier, login.resourceId, expected);
      const { rootCertificateFile } = s.access;
      return await inControlSession(login, { rootCertificateFile, readOnly: true }, readLoadSample);
    } catch (error) {
      if (error instanceof ShipshapeError) return { failure: error.message };
      throw error;
    }
  }
}
