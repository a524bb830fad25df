/**
 * The control plane of one request in memory: what `stages.ts` and the sweep do for the lifecycle, without a database.
 * The lifecycle, the admission rules and the operation are the real ones.
 */
import { builtIn } from "../../../components/standards/built-in";
import { randomBytes } from "node:crypto";
import { coordinating, type Coordination } from "../../../automation/coordination";
import { ShipshapeError, describeError } from "../../../automation/errors";
import { carryOut, cleanUp, prepare, type Stages } from "../../../automation/lifecycle";
import { decide } from "../../../automation/policy/decisions";
import {
  planDigestOf,
  type ChildEnd,
  type CleanUpStatus,
  type Concluded,
  type Decision,
  type OperationRequest,
  type PlanBasis,
  type Run,
  type RunStatus,
  type VerdictWord,
} from "../../../automation/records";
import { childRequestId } from "../../../automation/request/requests";
import { automaticCleanUpsMax } from "../../../automation/runner/limits";
import type { AnyOperation } from "../../../automation/runner/operation";
import type { MemoryEngine } from "./memory-engine";

/** How a request ended, in the words of its records. */
export interface End {
  status: RunStatus;
  verdict: VerdictWord | undefined;
  /** The message of its error, or of its clean-up's. */
  error: string | undefined;
  cleanUp: CleanUpStatus;
  /** In the order of the log. */
  statements: string[];
  /** What a person must answer. */
  findings: string[];
}

/** What becomes of child requests: by other workers, which the kill of the parent's leaves alone. */
export interface Children {
  requested(id: string): Promise<void>;
  run(operation: string, input: unknown): Promise<End>;
}

const recordKeeping = 3;

export class MemoryControlPlane {
  private readonly request: OperationRequest;
  private status: RunStatus = "queued";
  private cleanUp: CleanUpStatus = "none";
  private cleanUpAttempt = 1;
  private isFinished = false;
  private isSealed = false;
  private verdict: VerdictWord | undefined;
  private error: unknown;
  private cleanUpError: unknown;
  private planned: { plan: PlanBasis; decision: Decision } | undefined;
  private readonly statements = new Map<"verdict" | "teardown", string>();
  private readonly findings = new Set<string>();
  private readonly ends = new Map<string, Promise<End>>();
  private readonly received = new Map<string, ChildEnd>();

  constructor(
    private readonly operation: AnyOperation,
    input: unknown,
    private readonly engine: MemoryEngine,
    hasThrowaway: () => boolean,
    private readonly children: Children,
  ) {
    const id = `261127050000-${randomBytes(4).toString("hex")}`;
    const by = { requestedBy: "ana", reason: "a test", receivedAt: new Date() };
    this.request = { id, operation: operation.name, version: operation.version, input, ...by };
    const ended = (error: ShipshapeError) => {
      if (!this.end("cancelled", error)) return false;
      for (const workflow of ["prepare", "carry-out"]) engine.cancel(workflow);
      return true;
    };
    engine.outside = {
      cancel: () => void ended(new ShipshapeError("run-cancelled", { id, by: "ben" })),
      expire: () => {
        const overdue = { id, identifier: "the throwaway", expiresAt: "now" };
        if (hasThrowaway() && ended(new ShipshapeError("run-overdue", overdue))) this.findings.add("verdict");
      },
    };
  }

  /** From the request to its end; a person approves its plan if one must. */
  async run(): Promise<End> {
    this.engine.begin("prepare", () => prepare(this.stagesOf("prepare"))(this.request.id, 1));
    await this.settle();
    return this.asRecorded();
  }

  /** What a person, or the sweep an hour later, starts after a stuck clean-up. */
  async cleanUpAgain(): Promise<End> {
    this.cleanUp = "pending";
    this.cleanUpAttempt++;
    await this.settle();
    return this.asRecorded();
  }

  private asRecorded(): End {
    const error = this.error ?? this.cleanUpError;
    return {
      status: this.status,
      verdict: this.verdict,
      error: error === undefined ? undefined : describeError(error).message,
      cleanUp: this.cleanUp,
      statements: [...this.statements].map(([kind, said]) => `${kind} ${said}`.trim()),
      findings: [...this.findings],
    };
  }

  /** Workers, and their sweep, until nothing is left for them to do. */
  private async settle(): Promise<void> {
    for (;;) {
      await this.engine.drain();
      if (this.status === "waiting" && !this.isFinished) this.enqueueRun();
      else if (!this.isFinished) this.lost();
      else if (this.cleanUp === "pending") this.startMissingCleanUp();
      else if (!this.isSealed) this.seal(this.concluded());
      else return;
    }
  }

  private lost(): void {
    this.end("failed", new ShipshapeError("run-lost", { id: this.request.id }));
    this.findings.add("verdict");
  }

  private startMissingCleanUp(): void {
    if (this.engine.stateOf(this.cleanUpId()) === "absent") this.beginCleanUp();
    else if (this.cleanUpAttempt < automaticCleanUpsMax) this.cleanUpAttempt++;
    else throw new Error("the clean-up is lost");
  }

  private cleanUpId = () => `clean-up${this.cleanUpAttempt === 1 ? "" : ` ${this.cleanUpAttempt}`}`;
  private beginCleanUp(): void {
    const workflow = this.cleanUpId();
    this.engine.begin(workflow, () => cleanUp(this.stagesOf(workflow))(this.request.id));
  }
  private enqueueRun(): void {
    this.status = "queued";
    this.engine.begin("carry-out", () => carryOut(this.stagesOf("carry-out"))(this.request.id, 1));
  }

  /** The first end counts. */
  private end(status: "succeeded" | "failed" | "cancelled", error: unknown, verdict?: VerdictWord): boolean {
    if (this.isFinished) return false;
    Object.assign(this, { isFinished: true, status, error, verdict });
    return true;
  }

  /** What the sweep seals for a run that was ended from outside. */
  private concluded(): Concluded {
    const status = this.status === "cancelled" ? "cancelled" : "failed";
    return {
      request: this.request,
      plan: this.planned?.plan,
      decision: this.planned?.decision,
      conclusion: { status, error: this.error, verdict: { verdict: "inconclusive", checks: [] } },
      cleansUp: this.cleanUp !== "none",
    };
  }

  /** The log has one statement of each kind for a request. */
  private append(kind: "verdict" | "teardown", said: string): void {
    if (!this.statements.has(kind)) this.statements.set(kind, said);
  }
  private seal({ conclusion }: Concluded): void {
    this.append("verdict", `${conclusion.status} ${conclusion.verdict.verdict}`);
    this.isSealed = true;
  }

  private stagesOf(workflow: string): Stages {
    const record = <T>(name: string, work: () => T): Promise<T> =>
      this.engine.step(workflow, name, recordKeeping, () => Promise.resolve(work()));
    const running = () => {
      if (this.isFinished) return false;
      this.status = "running";
      return true;
    };
    return {
      load: () => {
        const step = coordinating(this.engine.stepsOf(this.request.id, workflow), this.coordination());
        return Promise.resolve({ request: this.request, operation: this.operation, step });
      },
      running: () => record("record running", running),
      withRecovery: (_, plan) => Promise.resolve(plan),
      decide: (_, plan) => record("decide", () => this.decide(plan)),
      decided: () => Promise.resolve(this.planned!),
      stillAdmitted: () => Promise.resolve(true),
      prepareAgain: () => Promise.reject(new Error("the plan does not hold")),
      begun: (_, __, cleansUp) =>
        record("record begin", () => {
          if (!running()) return false;
          if (cleansUp) this.cleanUp = "pending";
          return true;
        }),
      sealVerdict: (c) => record("seal verdict", () => void (this.isFinished || this.seal(c))),
      finished: (_, c) =>
        record("record end", () => {
          const error = c.status === "succeeded" ? undefined : c.error;
          if (this.end(c.status, error, c.verdict.verdict) && c.verdict.verdict !== "pass")
            this.findings.add("verdict");
        }),
      startCleanUp: () => {
        this.beginCleanUp();
        return this.engine.ended(this.cleanUpId());
      },
      runOf: () => Promise.resolve({ plan: this.planned?.plan } as Run),
      sealTeardown: () => record("seal teardown", () => this.append("teardown", "")),
      cleaned: (_, status, error) =>
        record("record clean-up", () => {
          this.cleanUp = status;
          this.cleanUpError = error;
          if (status === "stuck") this.findings.add("clean-up");
          else this.findings.delete("clean-up");
        }),
      isCancelledOrTakenOver: (error) => error === this.engine.cancelled,
    };
  }

  private coordination(): Coordination {
    return {
      child: async (key, operation, input) => {
        const id = childRequestId(this.request.id, operation, key);
        if (this.ends.has(id)) return id;
        this.ends.set(id, this.children.run(operation, input));
        await this.children.requested(id);
        return id;
      },
      next: async ({ name, topic }) => {
        if (topic !== null) return { sentBy: "ben", content: topic };
        const isNew = (id: string) => ![...this.received.values()].some(({ requestId }) => requestId === id);
        const requestId = [...this.ends.keys()].find(isNew);
        if (requestId === undefined || this.received.has(name)) return this.received.get(name);
        const { status, verdict = null } = await this.ends.get(requestId)!;
        this.received.set(name, { requestId, status, verdict });
        return this.received.get(name);
      },
    };
  }

  private decide(plan: PlanBasis): Decision {
    const admission = decide({
      request: this.request,
      operation: this.operation,
      plan,
      standard: builtIn,
      principal: "ana",
      access: {},
      approvedWith: undefined,
      earlierChanges: [],
      standards: [],
      now: new Date(),
    });
    const decision: Decision = {
      requestId: this.request.id,
      preparation: 1,
      planDigest: planDigestOf(plan),
      decidedBy: "admission rules",
      expiresAt: undefined,
      isExpired: false,
      approvals: [],
      ...admission,
    };
    if (this.isFinished || this.planned) return decision;
    this.planned = { plan, decision };
    if (decision.status === "allowed") this.enqueueRun();
    else this.status = decision.status === "needs-approval" ? "waiting" : "running";
    return decision;
  }
}
