import { Fingerprint } from "../../../automation/masking/fingerprint";

test.each([
  [0, "218d1f59b9b83cc8"],
  [1, "be552412f8387315"],
])("a fingerprint of %s bytes is that of the reference implementation of HalfSipHash", (length, expected) => {
  const fingerprint = new Fingerprint(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]));
  fingerprint.digest(Buffer.from([0]), 0, length);
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(fingerprint.high, 0);
  bytes.writeInt32LE(fingerprint.low, 4);
  expect(bytes.toString("hex")).toBe(expected);
});

test("letters of ASCII count without case, and every length differs from the others", () => {
  const fingerprint = new Fingerprint(Buffer.alloc(8, 3));
  const of = (text: string) => {
    fingerprint.digest(Buffer.from(text), 0, text.length);
    return `${fingerprint.high} ${fingerprint.low}`;
  };
  expect(of("Quillfeather")).toBe(of("qUILLFEATHER"));
  expect(of("[{")).not.toBe(of("{["));
  const prefixes = Array.from({ length: 40 }, (_, at) => "q".repeat(at));
  expect(new Set(prefixes.map(of)).size).toBe(40);
});
