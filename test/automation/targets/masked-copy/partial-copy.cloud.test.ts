// Copies of a part of a database: what is in them, and what the validation and the search for leaks say of them.
import { inControlSession } from "../../../../automation/targets/control-session";
import { copyDatabase } from "../../../../automation/targets/masked-copy/copy-database";
import { validateCopy } from "../../../../automation/targets/masked-copy/copy-validation";
import { searchForLeaks } from "../../../../automation/targets/masked-copy/leak-search";
import { constant, masksOf, TwoServers } from "./two-servers";

let servers: TwoServers;
beforeAll(async () => {
  servers = await TwoServers.start();
});
afterAll(() => servers?.stop());

test("rows of some tables: the others are empty, and the search finds what a kept column has of them", () =>
  servers.withDatabases(
    `create schema app authorization owner; set role owner;
     create table app.customer (id int primary key, name text); insert into app.customer select i, 'Zebulon Quagmire ' || i from generate_series(1, 50) i;
     create table app.note (id int primary key, text text); insert into app.note select i, 'for Zebulon Quagmire ' || i || ' only' from generate_series(1, 5) i`,
    async (database) => {
      const names = { "app.customer": ["id", "name"], "app.note": ["id", "text"] };
      const all = masksOf({ "app.customer": [constant("app.customer", "name", 1, "a customer")] }, names);
      const masks = { ...all, tables: { "app.note": all.tables["app.note"]! }, empty: ["app.customer"] };
      const asked = await servers.request(masks, database);
      const { found, left = [], tables: copied } = await copyDatabase(asked);
      const { rootCertificateFile } = servers;
      const validation = () =>
        inControlSession(asked.source, { rootCertificateFile }, (one) =>
          inControlSession(asked.target, { rootCertificateFile }, (other) => validateCopy(one, other, found, { left })),
        );
      expect(await validation()).toMatchObject({ tables: 1, leftEmpty: 1, rows: 5, differingCounts: [], missing: [] });
      const search = { tables: found, left, masks: all, copied, rootCertificateFile };
      const { hits, leftOut } = await searchForLeaks(asked.source, asked.target, search);
      expect({ hits, leftOut }).toEqual({
        hits: [
          { place: "app.note.text", column: "app.customer.name", arm: "value", count: 5 },
          { place: "statistics of app.note.text", column: "app.customer.name", arm: "definition", count: 5 },
        ],
        leftOut: [],
      });
      await servers.target.server.query("insert into app.customer values (1, 'x')", [], database);
      expect(await validation()).toMatchObject({ differingCounts: [{ table: "app.customer", source: 0, copy: 1 }] });
    },
  ));
