/** Check digits by other code than the product's, as the standards put it. */

/** ISO/IEC 7812: from the right, each second digit doubled, its digits added. */
export function checkedLuhn(card: string): boolean {
  const digits = [...card.replaceAll(/\D/g, "")].reverse().map(Number);
  const sum = digits.reduce(
    (all, digit, i) => all + (i % 2 === 0 ? digit : [...String(digit * 2)].map(Number).reduce((a, b) => a + b)),
    0,
  );
  return sum % 10 === 0;
}

/** ISO 13616: as one number, letters as 10 to 35, the first four at the end, it is 1 modulo 97. */
export function checkedIban(iban: string): boolean {
  const compact = iban.replaceAll(" ", "");
  const number = [...`${compact.slice(4)}${compact.slice(0, 4)}`].map((letter) => Number.parseInt(letter, 36)).join("");
  return BigInt(number) % 97n === 1n;
}
