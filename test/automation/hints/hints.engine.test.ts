// Each failure that a person can cause is left by the commands that its hint names, run as they are printed.
import { commandsIn, hintIn, runHinted, type Row } from "./row";
import { rows } from "./rows";
import { databaseRows } from "./rows-cloud";
import { controlPlaneRows, me, publish } from "./rows-control-plane";
import { endOther } from "./rows-evidence";
import { Scene } from "./scene";

const at = new Scene();
afterAll(async () => {
  await endOther();
  await at.end();
});

/** What later rows need. */
async function prepare(row: Row): Promise<void> {
  if (row === databaseRows[0]) await at.makeDatabase();
  if (row === controlPlaneRows[0]) await publish(at, [await me(at)]);
}

test.each(rows.map((row, at) => [at + 1, row.code, row] as const))(
  "%d: %s is left by what its hint says",
  async (_, __, row) => {
    await prepare(row);
    await row.cause?.(at);
    const failed = await row.fails(at);
    const hint = hintIn(failed, row.code);
    await row.mend?.(at);
    let printed = "";
    for (const command of commandsIn(hint)) {
      const { code, text } = await runHinted(row.on?.() ?? at, command, row.fill?.(at) ?? {});
      expect({ command, text, code }).toEqual({ command, text, code: row.codes?.includes(code ?? -1) ? code : 0 });
      printed += text;
    }
    const { code, text } = await (row.works ? row.works(at, printed) : row.fails(at));
    expect({ text, code }).toEqual({
      text: expect.not.stringContaining(`[${row.code}]`) as string,
      code: row.ends ?? 0,
    });
  },
);
