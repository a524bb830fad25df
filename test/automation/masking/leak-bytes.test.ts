// What is found in the bytes of a field is what would be found in its text.
import fc from "fast-check";
import { Digits, needsDecoding } from "../../../automation/masking/leak-bytes";
import { decodings, digitsMin } from "../../../automation/masking/leak-text";

const few = fc.string({ unit: fc.constantFrom(..."0123456789", ..." ().+/-", "a", "Q"), maxLength: 60 });

const digitsIn = (text: string): string[] => {
  const [bytes, digits, found] = [Buffer.from(text), new Digits("#", 100), [] as string[]];
  digits.forEachRun(bytes, 0, bytes.length, () => found.push(digits.bytes.toString("utf8", 0, 1 + digits.count)));
  return found;
};

test("a number is found with whatever people put between its digits, and as a whole", () => {
  fc.assert(
    fc.property(few, (text) => {
      const runs = [...text.matchAll(/\d[\d ().+/-]{7,}\d/g)].map(([run]) => run.replaceAll(/\D/g, ""));
      expect(digitsIn(text)).toEqual(runs.filter(({ length }) => length >= digitsMin).map((digits) => `#${digits}`));
    }),
    { numRuns: 2000 },
  );
});

test("a field is a number if it has nothing but digits and what separates them", () => {
  fc.assert(
    fc.property(few, (text) => {
      const bytes = Buffer.from(text);
      const isNumber = /^[+(]?\d[\d ().+/-]*$/.test(text) && text.replaceAll(/\D/g, "").length >= digitsMin;
      expect(new Digits("#", 100).isNumber(bytes, 0, bytes.length)).toBe(isNumber);
    }),
    { numRuns: 2000 },
  );
});

test("whatever a field says besides what it shows is decoded", () => {
  const words = fc.string({ unit: "grapheme", maxLength: 30 });
  const encoded = words.map((text) => Buffer.from(text).toString("base64"));
  const fields = fc.oneof(
    fc.tuple(words, encoded, words).map((parts) => parts.join("")),
    fc.tuple(few, encoded).map(([before, text]) => `${before} ${text.replaceAll("+", "-").replaceAll("/", "_")}`),
    fc.uint8Array({ minLength: 12, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("base64")),
    fc.stringMatching(/^[A-Za-z0-9+/_-]{0,50}$/),
  );
  fc.assert(
    fc.property(fields, (text) => {
      const bytes = Buffer.from(text);
      if (decodings(text).length > 0) expect(needsDecoding(bytes, 0, bytes.length)).toBe("all");
    }),
    { numRuns: 4000 },
  );
});
