import { platformOf } from "../../components";
import { declare } from "./declared";

test.each([
  ["shipshape/platform.dev", "organization/shipshape/platform.dev"],
  ["acme/shipshape/platform.production", "acme/shipshape/platform.production"],
])("the platform %s is that of stack %s", async (given, name) => {
  const declared = await declare(() => platformOf(given));
  expect(declared.map(({ type, inputs }) => [type, inputs.name])).toEqual([["pulumi:pulumi:StackReference", name]]);
});
