// The log where it is published: what a killed publisher leaves, what is noticed, and what a lost log is rebuilt from.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { signCheckpoint } from "../../../automation/evidence/checkpoint";
import { changeKey } from "../../../automation/evidence/ledger";
import type { KnownLog } from "../../../automation/evidence/log-head";
import { latestCheckpoint } from "../../../automation/evidence/log-head";
import type { PublicationTarget } from "../../../automation/publication-records";
import { publishedFolder } from "../../../automation/evidence/published-folder";
import { readPublishedLog } from "../../../automation/evidence/published-log";
import { publications, Publisher } from "../../../automation/evidence/publisher";
import { restoreLog } from "../../../automation/evidence/restoring";
import { LogUnderTest, newKey } from "./log-under-test";

const log = new LogUnderTest();
const place = () => join(log.folder, "published");
const files = (kind: "statements" | "checkpoints") => {
  try {
    return readdirSync(join(place(), kind)).sort();
  } catch {
    return [];
  }
};
async function publish(target: PublicationTarget = publishedFolder(place())): Promise<void> {
  const publisher = new Publisher(log.database, log.signer, target);
  while (await publisher.publishMore());
}
const rows = () =>
  log.database.query("select log_index, id, kind, request_id, target, verdict, envelope from evidence");
const nodes = () => log.database.query("select level, index, hash from evidence_node order by level, index");
const forge = (position: number) =>
  log.database.query(
    "insert into evidence (log_index, id, kind, predicate_type, subject_name, subject_digest, issued_at, envelope) values ($1, 'x', 'verdict', 't', 's', 'd', now(), 'forged')",
    [position],
  );
const loseTheLog = () =>
  log.withoutTriggers("truncate evidence, evidence_node, evidence_checkpoint, evidence_key, evidence_publication");
const restore = (known: KnownLog = log.signer, since?: string) =>
  restoreLog(log.database, known, publishedFolder(place()), () => Promise.resolve(log.signer), since);
const verify = (known: KnownLog = log.signer) => readPublishedLog(publishedFolder(place()), known);
const forgetful = () => ({ ...log.signer, memory: undefined });

beforeEach(() => log.database.query("truncate evidence_publication"));

describe("publishing", () => {
  test("adds what is new, once, however often and by however many it is repeated", async () => {
    await publish();
    expect(files("checkpoints")).toEqual([]);
    await log.append("one");
    await Promise.all([publish(), publish(), publish()]);
    const before = { statements: files("statements"), checkpoints: files("checkpoints") };
    expect([before.statements.length, before.checkpoints.length]).toEqual([2, 1]);
    await publish();
    expect({ statements: files("statements"), checkpoints: files("checkpoints") }).toEqual(before);
    await log.append("two");
    await publish();
    expect(files("statements").slice(0, 2)).toEqual(before.statements);
    expect((await verify()).head.checkpoint.size).toBe(4);
    expect(await publications(log.database)).toMatchObject([{ target: place(), size: 4, error: null }]);
  });

  test("a publisher that is killed before or after any file leaves nothing that the next one cannot complete", async () => {
    await log.append("one");
    await log.append("two");
    for (const moment of ["before", "after"] as const)
      for (let survived = 0; survived < 5; survived++) {
        rmSync(place(), { recursive: true, force: true });
        let created = 0;
        const folder = publishedFolder(place());
        const dying: PublicationTarget = {
          ...folder,
          create: async (...given) => {
            if (created++ < survived) return folder.create(...given);
            if (moment === "after") await folder.create(...given);
            throw new Error("killed");
          },
        };
        await expect(publish(dying)).rejects.toThrow("killed");
        mkdirSync(join(place(), ".incoming"), { recursive: true });
        writeFileSync(join(place(), ".incoming", "half"), '{"payload');
        await publish();
        const { head, statements } = await verify();
        expect([head.checkpoint.size, statements.length]).toEqual([4, 4]);
      }
  });

  test("a place that cannot be written is reported and lost nothing; it is completed once it can", async () => {
    await log.append("one");
    mkdirSync(place());
    writeFileSync(join(place(), "statements"), "not a folder");
    await expect(publish()).rejects.toMatchObject({ code: "evidence-publication-unusable" });
    expect(await publications(log.database)).toMatchObject([
      { size: 0, error: { code: "evidence-publication-unusable" } },
    ]);
    rmSync(join(place(), "statements"));
    await publish();
    expect(await publications(log.database)).toMatchObject([{ size: 2, error: null }]);
    await verify();
  });

  test("a log that came back shorter, or with other content, is noticed and published no further", async () => {
    await log.append("one");
    await log.append("two");
    await publish();
    const published = files("statements");
    await loseTheLog();
    log.signer = forgetful();
    await log.append("other", "verdict");
    await expect(publish()).rejects.toMatchObject({
      code: "evidence-publication-differs",
      message: expect.stringContaining("4 statements were published, and the log has 1 now") as string,
    });
    for (const id of ["a", "b"]) await log.append(id);
    await expect(publish()).rejects.toMatchObject({
      code: "evidence-publication-differs",
      message: expect.stringContaining("its first 4 statements are not those that were published") as string,
    });
    log.signer = { ...log.signer, ...newKey() };
    await expect(publish()).rejects.toMatchObject({ code: "evidence-publication-differs" });
    expect(files("statements")).toEqual(published);
  });

  test("rows that others inserted are not published, and an altered file is noticed", async () => {
    await log.append("one");
    for (const position of [0, 2, 7]) await forge(position);
    await log.append("two"); // its first position is taken by a forged row that came before it
    await publish();
    expect((await verify()).statements).toHaveLength(4);
    const [first] = files("statements");
    writeFileSync(join(place(), "statements", first!), "altered");
    for (const checkpoint of files("checkpoints")) rmSync(join(place(), "checkpoints", checkpoint));
    await expect(publish()).rejects.toMatchObject({
      code: "evidence-publication-differs",
      message: expect.stringContaining("was altered") as string,
    });
  });
});

describe("restoring", () => {
  test("a lost log is rebuilt as it was, and continues", async () => {
    await log.append("one");
    const old = log.signer;
    log.signer = { ...log.signer, ...newKey() };
    await changeKey(log.database, old, log.signer, "an operator");
    await log.append("two");
    await publish();
    const before = { rows: await rows(), nodes: await nodes(), head: await latestCheckpoint(log.database) };
    for (const pinned of [log.signer, old, { ...forgetful(), key: old.key }]) {
      await loseTheLog();
      expect(await restore(pinned)).toEqual({ size: 5, restored: 5 });
      expect({ rows: await rows(), nodes: await nodes(), head: await latestCheckpoint(log.database) }).toEqual(before);
    }
    expect(await restore()).toEqual({ size: 5, restored: 0 });
    expect(await log.problems()).toEqual([]);
    await log.append("three");
    await publish();
    expect(await log.problems()).toEqual([]);
    expect((await verify(old)).head.checkpoint.size).toBe(7);
    await loseTheLog();
    const stranger = { ...forgetful(), ...newKey() };
    await expect(restore(stranger)).rejects.toMatchObject({ code: "evidence-publication-invalid" });
    expect(await rows()).toEqual([]);
  });

  test("a database that has only the beginning of the log gets the rest; one with another log is refused", async () => {
    await log.append("one");
    const kept = (await latestCheckpoint(log.database))!.note;
    await log.append("two");
    await publish();
    const before = { rows: await rows(), nodes: await nodes() };
    await log.withoutTriggers(
      "delete from evidence where log_index >= 2",
      "delete from evidence_node where (index + 1) * (1 << level) > 2",
      "delete from evidence_checkpoint where size > 2",
    );
    expect(await restore(log.signer, kept)).toEqual({ size: 4, restored: 2 });
    expect({ rows: await rows(), nodes: await nodes() }).toEqual(before);

    await log.append("three");
    await expect(restore()).rejects.toMatchObject({ code: "evidence-log-rewritten" });
    log.signer = forgetful();
    await expect(restore()).rejects.toMatchObject({
      code: "evidence-restore-refused",
      message: expect.stringContaining("it has 6 statements, and only 4 were published") as string,
    });
    await loseTheLog();
    await forge(4);
    await expect(restore()).rejects.toMatchObject({
      code: "evidence-restore-refused",
      message: expect.stringContaining("it has rows that its head of 0 statements does not cover") as string,
    });
    await loseTheLog();
    await log.append("other");
    await expect(restore()).rejects.toMatchObject({ code: "evidence-restore-refused" });
    expect(await log.ids()).toEqual(["other.verdict", "other.teardown"]);
  });

  test("statements whose head was not published any more are restored under a new head, signed by the log's key only", async () => {
    await log.append("one");
    await publish();
    await log.append("two");
    const folder = publishedFolder(place());
    const dying: PublicationTarget = {
      ...folder,
      create: async (kind, ...given) => {
        if (kind === "checkpoints") throw new Error("killed");
        return folder.create(kind, ...given);
      },
    };
    await expect(publish(dying)).rejects.toThrow("killed");
    await loseTheLog();
    const known = forgetful();
    await expect(
      restoreLog(log.database, known, folder, async () => ({ ...known, ...newKey() })),
    ).rejects.toMatchObject({
      code: "signing-key-foreign",
    });
    expect(await rows()).toEqual([]);
    log.signer = known;
    expect(await restore()).toEqual({ size: 4, restored: 4 });
    expect(await log.problems()).toEqual([]);
    await publish();
    expect((await verify()).head.checkpoint.size).toBe(4);
  });

  test("a published log that was cut off is noticed by what this machine has seen, or by a checkpoint that was kept", async () => {
    await log.append("one");
    await publish();
    await log.append("two");
    await publish();
    const kept = (await latestCheckpoint(log.database))!.note;
    for (const name of files("statements").slice(2)) rmSync(join(place(), "statements", name));
    rmSync(join(place(), "checkpoints", files("checkpoints")[1]!));
    await loseTheLog();
    await expect(restore()).rejects.toMatchObject({ code: "evidence-log-rewritten" });
    await expect(restore(forgetful(), kept)).rejects.toMatchObject({
      code: "evidence-publication-invalid",
      message: expect.stringContaining("covers 4 statements, its newest head only 2") as string,
    });
    expect(await rows()).toEqual([]);
  });
});

test("a published log with a file altered, missing, added, renamed or doubled is refused, and nothing of it is restored", async () => {
  await log.append("one");
  await publish();
  await log.append("two");
  await publish();
  await loseTheLog();
  const [first, second] = files("statements") as [string, string];
  const [head] = files("checkpoints") as [string];
  const at = (kind: string, name: string) => join(place(), kind, name);
  const whole = new Map(
    (["statements", "checkpoints"] as const).flatMap((kind) =>
      files(kind).map((name) => [at(kind, name), readFileSync(at(kind, name))] as const),
    ),
  );
  const stranger = await signCheckpoint({ origin: log.signer.origin, size: 2, root: Buffer.alloc(32) }, newKey());
  const forked = await signCheckpoint({ origin: log.signer.origin, size: 3, root: Buffer.alloc(32) }, log.signer);
  const spoils: [() => void, RegExp][] = [
    [() => writeFileSync(at("statements", first), "{}"), /was altered/],
    [() => rmSync(at("statements", second)), /the statement at position 1 is missing/],
    [() => rmSync(at("statements", files("statements").at(-1)!)), /covers 4 statements, and 3 are there/],
    [() => writeFileSync(at("statements", "readme.txt"), ""), /nothing vouches for statements\/readme.txt/],
    [
      () => copyFileSync(at("statements", second), at("statements", second.replace("0001-", "0000-"))),
      /two statements/,
    ],
    [() => renameSync(at("statements", second), at("statements", `${second}.old`)), /nothing vouches for/],
    [() => writeFileSync(at("checkpoints", head.replace("0002-", "0009-")), stranger), /no signature/],
    [() => writeFileSync(at("checkpoints", head.replace("0002-", "0003-")), forked), /not those that were signed at 3/],
    [() => copyFileSync(at("checkpoints", head), at("checkpoints", head.replace("0002-", "0003-"))), /covers 2/],
    [() => files("checkpoints").forEach((name) => rmSync(at("checkpoints", name))), /it has no checkpoint/],
  ];
  for (const [spoil, reason] of spoils) {
    spoil();
    const invalid = { code: "evidence-publication-invalid", message: expect.stringMatching(reason) as string };
    await expect(verify()).rejects.toMatchObject(invalid);
    await expect(restore(forgetful())).rejects.toMatchObject(invalid);
    expect(await rows()).toEqual([]);
    rmSync(place(), { recursive: true });
    for (const kind of ["statements", "checkpoints"]) mkdirSync(join(place(), kind), { recursive: true });
    for (const [path, bytes] of whole) writeFileSync(path, bytes);
  }
  expect(existsSync(join(place(), ".incoming"))).toBe(false);
  expect(await restore(forgetful())).toEqual({ size: 4, restored: 4 });
});
