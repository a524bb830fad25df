import { parseJson } from "../../../localcloud/server/wire/json-input";
import { decodeForm } from "../../../localcloud/server/wire/query-form";
import { renderMembers } from "../../../localcloud/server/wire/xml";
import { page } from "../../../localcloud/server/wire/paging";

const decode = (form: string) => decodeForm(new URLSearchParams(form));

test("a form becomes the nested input, whatever name a client gives list elements", () => {
  expect(decode("Tags.Tag.1.Key=owner&Tags.Tag.1.Value=a&Tags.member.2.Key=x")).toEqual({
    Tags: { Tag: { "1": { Key: "owner", Value: "a" } }, member: { "2": { Key: "x" } } },
  });
  expect(decode("Tags.member.2.Key=b&Tags.member.10.Key=c&Tags.member.1.Key=a")).toEqual({
    Tags: [{ Key: "a" }, { Key: "b" }, { Key: "c" }],
  });
  expect(decode("Filters.Filter.1.Name=engine&Filters.Filter.1.Values.Value.1=postgres")).toEqual({
    Filters: [{ Name: "engine", Values: ["postgres"] }],
  });
  expect(decode("CloudwatchLogsExportConfiguration.EnableLogTypes.member.1=postgresql")).toEqual({
    CloudwatchLogsExportConfiguration: { EnableLogTypes: ["postgresql"] },
  });
  expect(decode("VpcSecurityGroupIds=")).toEqual({ VpcSecurityGroupIds: "" });
});

test("a form cannot reach inherited members, nor grow without bound", () => {
  const decoded = decode("__proto__.polluted=yes&constructor.prototype.polluted=yes");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.keys(decoded)).toEqual(["__proto__", "constructor"]);
  expect(() => decode(`${"a.".repeat(20)}b=1`)).toThrow(/not of the form/);
  expect(() => decode("a..b=1")).toThrow(/not of the form/);
  expect(() => decode(Array.from({ length: 1001 }, (_value, index) => `L.member.${index + 1}=x`).join("&"))).toThrow(
    /1001 entries/,
  );
});

test("endlessly nested JSON is refused by name, and the depth of SDK calls and policies is accepted", () => {
  for (const [open, close] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
    expect(() => parseJson(nested(100_000), "SerializationException")).toThrow(/nested more than 100 levels deep/);
    expect(JSON.stringify(parseJson(nested(100), "SerializationException"))).toBe(nested(100));
  }
  expect(() => parseJson("{", "MalformedInput")).toThrow(/not JSON/);
});

test("a response omits unset members, names list elements, and escapes what XML cannot contain", () => {
  const xml = renderMembers(
    {
      Name: 'a<b>&"c"\u0007',
      None: undefined,
      Yes: true,
      At: new Date(0),
      TagList: [{ Key: "k" }],
      Ids: ["x"],
      Empty: [],
    },
    { TagList: "Tag" },
  );
  expect(xml).toBe(
    "<Name>a&lt;b&gt;&amp;&quot;c&quot;\uFFFD</Name><Yes>true</Yes><At>1970-01-01T00:00:00.000Z</At><TagList><Tag><Key>k</Key></Tag></TagList><Ids><member>x</member></Ids><Empty></Empty>",
  );
});

test("a page continues after the last entry returned, even if that was removed meanwhile", () => {
  const names = Array.from({ length: 50 }, (_value, index) => `n${String(index).padStart(2, "0")}`);
  const first = page(names, { MaxRecords: 20 }, (name) => name);
  const second = page(
    names.filter((name) => name !== "n19"),
    { MaxRecords: 100, Marker: first.Marker },
    (name) => name,
  );
  expect([first.entries.at(-1), second.entries[0], second.Marker]).toEqual(["n19", "n20", undefined]);
});
