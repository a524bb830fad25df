/** The stack of a database, in memory: its config in git, and the logins that it has when it was last brought up. */
import { parse } from "yaml";
import { loginsOf, usernameAt, type RoleRotation } from "../../../components/standards/rotated-logins";
import type { DeclaredDatabase, Ownership, StackHome } from "../../../automation/fleet-records";
import type { Committed, ConfigCommit } from "../../../automation/runner/git-folder";
import type { StackProgram } from "../../../automation/runner/pulumi-stack";
import type { FoundLogin, LoginTrial, OldClient } from "../../../automation/targets/role-logins";

type Rotations = Record<string, Record<string, RoleRotation>>;

export class MemoryStack {
  ownership: Ownership = "ours";
  /** As the last `up` has left them. */
  roles: Record<string, RoleRotation> = { readwrite: { generation: 0 } };
  /** A login that works as another role. */
  broken = false;
  private text = "config:\n  shipshape:request:\n    service: orders\n";
  private readonly commits = new Map<string, { before: string; after: string }>();
  private readonly sessions = new Map([["readwrite", 2]]);

  constructor(
    private readonly identifier: string,
    private readonly change: (what: string, apply: () => void) => Promise<void>,
  ) {}

  /** Rotated, and then nobody has ended the grace. */
  leaveInGrace(): void {
    this.roles = { readwrite: { generation: 1 } };
    this.text += `  shipshape:rotation:\n    ${this.identifier}:\n      readwrite:\n        generation: 1\n`;
  }

  /** Its config says that it has a masked copy. */
  declareCopy(): void {
    this.text += "    maskedCopy:\n      request: an earlier one\n      expiresOn: 2026-01-31\n";
  }

  declareVersion(version: string): void {
    this.text += `    engineVersion: "${version}"\n`;
  }

  declareMajor(major: number): void {
    this.text += `    postgresMajor: ${major}\n`;
  }

  home = (): StackHome => ({
    ownership: this.ownership,
    config:
      this.ownership === "ours"
        ? {
            folder: "/repository",
            file: "Pulumi.database.orders.yaml",
            author: { name: "Ana", email: "ana@example.com" },
          }
        : null,
  });

  /** As its state has it. */
  access = (): DeclaredDatabase["access"] => ({
    schemaName: "orders",
    roles: Object.fromEntries(
      Object.entries(this.roles).map(([role, one]) => [role, { ...one, secretName: `orders/${role}` }]),
    ),
  });

  /** In place of `runner/git-folder`: a commit is found by its request. */
  readonly git = {
    /** A commit is called after its request. */
    text: (revision = "HEAD") => {
      const [of = "", isBefore] = [revision.replace("~1", ""), revision.endsWith("~1")];
      const commit = this.commits.get(of);
      return Promise.resolve(commit ? commit[isBefore ? "before" : "after"] : this.text);
    },
    commitOf: (requestId: string) => Promise.resolve(this.commits.has(requestId) ? requestId : undefined),
    commit: async ({ requestId, changed }: ConfigCommit): Promise<Committed> => {
      const earlier = this.commits.get(requestId);
      const before = earlier?.before ?? this.text;
      const after = changed(before);
      if (!earlier && after !== before)
        await this.change(`the config is committed${requestId.endsWith("-lock") ? ", locked" : ""}`, () => {
          this.commits.set(requestId, { before, after });
          this.text = after;
        });
      return { revision: requestId, isOwn: after !== before, pushedTo: null };
    },
  };

  async bringUp({ config = "" }: StackProgram): Promise<void> {
    const { config: values } = parse(config) as { config: Record<string, Rotations | undefined> };
    const wanted = { ...this.roles, ...values["shipshape:rotation"]?.[this.identifier] };
    if (JSON.stringify(wanted) !== JSON.stringify(this.roles))
      await this.change(`it is brought up with ${JSON.stringify(wanted)}`, () => (this.roles = wanted));
  }

  userOf = (role: string): string => usernameAt(role, this.roles[role]?.generation ?? 0);

  /** In place of `targets/role-logins`. */
  readonly logins = {
    try: (user: string): Promise<LoginTrial> =>
      Promise.resolve(this.broken ? { user, did: "", failure: "it acts as another role" } : { user, did: "may write" }),
    clients: (users: string[]): Promise<OldClient[]> =>
      Promise.resolve(
        users.flatMap((user) => {
          const sessions = this.sessions.get(user) ?? 0;
          return sessions > 0 ? [{ user, program: "shop", sessions, isNew: false }] : [];
        }),
      ),
    end: async (users: string[]): Promise<number> => {
      const standing = users.filter((user) => this.sessions.has(user));
      for (const user of standing)
        await this.change(`the sessions of ${user} are ended`, () => this.sessions.delete(user));
      return standing.length;
    },
    found: (users: string[]): Promise<FoundLogin[]> => {
      const all = Object.entries(this.roles).flatMap(([role, rotation]) => {
        const { roleMayLogIn, logins } = loginsOf(role, rotation);
        const own = logins.map(({ username, mayLogIn }) => ({ user: username, mayLogIn, limits: "-1" }));
        return [{ user: role, mayLogIn: roleMayLogIn, limits: "-1" }, ...own];
      });
      return Promise.resolve(all.filter(({ user }) => users.includes(user)));
    },
  };
}
