import { Feistel, NumberPermutation } from "../../../automation/masking/feistel";
import { derivedKey, ColumnHash } from "../../../automation/masking/column-hash";
import { columnOf } from "./columns";

const hex = (text: string) => Buffer.from(text, "hex");

describe("a keyed hash", () => {
  /** NIST SP 800-38B, examples for AES-256. */
  const key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
  const message = hex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
  );

  test("is AES-CMAC, for values of all lengths in one batch", () => {
    const values = columnOf([message.subarray(0, 0), message.subarray(0, 16), null, message.subarray(0, 40), message]);
    const hashes = new ColumnHash(key).of(values).toString("hex", 0, 5 * 16);
    expect(hashes.match(/.{32}/g)).toEqual([
      "028962f61b7bf89efc6b551f4667d983",
      "28a7023f452e8f82bd4bf28d8c37c35c",
      "0".repeat(32),
      "aaf3d8f1de5640c232f5b169b9c911e6",
      "e1992190549f6ed5696a2c056c315410",
    ]);
  });

  test("does not depend on what else is in the batch, for a value of megabytes either", () => {
    const long = Buffer.alloc(3_000_000, "long");
    const hash = new ColumnHash(key);
    const together = Buffer.from(hash.of(columnOf([long, message, "a"])).subarray(0, 48));
    const alone = [long, message, Buffer.from("a")].map((value) =>
      Buffer.from(hash.of(columnOf([value])).subarray(0, 16)),
    );
    expect(together.equals(Buffer.concat(alone))).toBe(true);
  });
});

describe("a permutation", () => {
  const key = derivedKey(Buffer.alloc(32), "a test");

  test.each([1, 2, 7, 1000, 99_999])("of %i numbers meets each of them once", (size) => {
    const numbers = Float64Array.from({ length: size }, (_, i) => i);
    new NumberPermutation(key, size).permute(numbers, size);
    expect(new Set(numbers).size).toBe(size);
    expect(numbers.every((number) => Number.isInteger(number) && number >= 0 && number < size)).toBe(true);
  });

  test("of pairs of different sizes meets each pair once", () => {
    const [sizeA, sizeB] = [26, 10];
    const all = Array.from({ length: sizeA * sizeB }, (_, i) => i);
    const pairs = {
      a: Float64Array.from(all, (i) => Math.floor(i / sizeB)),
      b: Float64Array.from(all, (i) => i % sizeB),
      sizeA: Float64Array.from(all, () => sizeA),
      sizeB: Float64Array.from(all, () => sizeB),
      count: all.length,
    };
    new Feistel(key).permute(pairs);
    expect(new Set(all.map((i) => pairs.a[i]! * sizeB + pairs.b[i]!)).size).toBe(sizeA * sizeB);
  });

  test("is another one under another key", () => {
    const permuted = (one: Buffer) => {
      const numbers = Float64Array.from({ length: 1000 }, (_, i) => i);
      new NumberPermutation(one, 2 ** 31).permute(numbers, 1000);
      return numbers;
    };
    const other = permuted(derivedKey(Buffer.alloc(32), "another"));
    expect(permuted(key).filter((number, i) => number === other[i])).toHaveLength(0);
  });
});
