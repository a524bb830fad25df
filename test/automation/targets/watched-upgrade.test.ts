// What a client sees of an upgrade, and what it says that nobody has seen.
import type { Client } from "pg";
import type { AwsClients } from "../../../automation/targets/aws-access";
import { upgradeWatched } from "../../../automation/targets/watched-upgrade";

/** An instance that is away for some looks at it while it is upgraded. */
class Instance {
  version = "17.9";
  status = "available";
  isUp = true;
  asked: object[] = [];
  private looksLeft = 0;

  readonly clients = {
    rds: {
      send: ({ constructor, input }: { constructor: { name: string }; input: object }) => {
        if (constructor.name === "ModifyDBInstanceCommand") {
          this.asked.push(input);
          if (this.beginsAfter === 0) this.begin();
          return Promise.resolve({});
        }
        if (this.asked.length > 0 && this.beginsAfter > 0 && --this.beginsAfter === 0) this.begin();
        if (this.status !== "available" && --this.looksLeft === 0) this.end();
        return Promise.resolve({ DBInstances: [{ EngineVersion: this.version, DBInstanceStatus: this.status }] });
      },
    },
  } as unknown as AwsClients;

  private beginsAfter = 0;

  /** So many looks later. */
  beginLater(looks: number): void {
    this.beginsAfter = looks;
  }

  begin(): void {
    [this.status, this.isUp, this.looksLeft] = ["upgrading", false, 4];
  }

  private end(): void {
    [this.status, this.isUp, this.version] = ["available", true, "17.10"];
  }

  private readonly open = (): Promise<Client> => {
    if (!this.isUp) return Promise.reject(new Error("refused"));
    let isOpen = true;
    const query = () => {
      isOpen &&= this.isUp;
      return isOpen ? Promise.resolve({ rows: [] }) : Promise.reject(new Error("the session is gone"));
    };
    return Promise.resolve({ query, end: () => Promise.resolve() } as unknown as Client);
  };

  upgrade = () =>
    upgradeWatched(
      this.clients,
      { identifier: "copy", version: "17.10", prepare: () => Promise.resolve(this.open) },
      new AbortController().signal,
    );
}

test("the downtime is from the last answer before the restart to the first after it", async () => {
  const instance = new Instance();
  const { downtimeSeconds } = await instance.upgrade();
  expect(downtimeSeconds).toBeGreaterThan(0);
  expect(instance.asked).toEqual([{ DBInstanceIdentifier: "copy", EngineVersion: "17.10", ApplyImmediately: true }]);
});

test("an upgrade that RDS begins some looks later is seen to its end", async () => {
  const instance = new Instance();
  instance.beginLater(3);
  expect((await instance.upgrade()).downtimeSeconds).toBeGreaterThan(0);
  expect(instance.version).toBe("17.10");
});

test("an attempt that finds it upgraded, or being upgraded, has measured nothing and upgrades nothing", async () => {
  const instance = new Instance();
  await instance.upgrade();
  expect(await instance.upgrade()).toEqual({ downtimeSeconds: null });
  const other = new Instance();
  other.begin();
  expect(await other.upgrade()).toEqual({ downtimeSeconds: null });
  expect([instance.asked.length, other.asked.length]).toEqual([1, 0]);
});
