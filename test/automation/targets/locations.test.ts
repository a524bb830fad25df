import { askEach } from "../../../automation/targets/locations";

const regions = Array.from({ length: 20 }, (_, at) => ({ account: "123456789012", region: `eu-west-${at % 9}` }));
afterEach(() => jest.useRealTimers());

test("many are asked a few at a time, and answer in the order in which they are named", async () => {
  let [now, most] = [0, 0];
  const { answers } = await askEach(regions, async (clients) => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
    return { result: await clients.rds.config.region(), account: "123456789012" };
  });
  expect(most).toBe(8);
  expect(answers.map(({ result }) => result)).toEqual(regions.map(({ region }) => region));
});

test("one that never answers is unreachable after its time, and the others are not held up", async () => {
  jest.useFakeTimers();
  const asked = askEach(regions.slice(0, 2), async (clients) => {
    if ((await clients.rds.config.region()) === "eu-west-0") await new Promise(() => undefined);
    return { result: "seen", account: "123456789012" };
  });
  await jest.advanceTimersByTimeAsync(600_000);
  expect(await asked).toMatchObject({
    answers: [{ location: { region: "eu-west-1" }, result: "seen" }],
    unreachable: [{ region: "eu-west-0", reason: "it did not answer within 600 s" }],
  });
});

test("without a role, an answer of another account is none: its databases are not this one's", async () => {
  const answer = (account: string | undefined) => async () => ({ result: "theirs", account });
  const [here] = regions;
  for (const account of ["999999999999", undefined])
    expect(await askEach([here!], answer(account))).toMatchObject({ answers: [], unreachable: [here] });
  expect((await askEach([here!], answer("123456789012"))).answers).toHaveLength(1);
  expect((await askEach([], answer(undefined))).answers).toHaveLength(1); // the environment's own, unknown or not
});
