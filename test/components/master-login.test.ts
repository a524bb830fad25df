import { passwordIn } from "../../components/master-login";

test.each([
  ['{"password":"p@ss","username":"readwrite"}', "p@ss"],
  ["", undefined],
  ["not JSON", undefined],
  ["null", undefined],
  ["[]", undefined],
  ['"p@ss"', undefined],
  ['{"password":7}', undefined],
  ['{"password":""}', undefined],
])("a secret with the value %j has the password %j", (secretString, password) => {
  expect(passwordIn(secretString)).toBe(password);
});
