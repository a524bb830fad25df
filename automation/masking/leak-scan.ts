/**
 * Pure: searches a copy for values that its masks should have replaced. First every value of the masked columns is
 * learnt; then rows, texts and counts of the copy are given, and the report says where a value was met.
 * No text gets a code of its own for being a value: what is stored are fingerprints, see leak-index.ts.
 */
import { anchorBytes } from "./leak-anchors";
import { Digits, needsDecoding } from "./leak-bytes";
import { fieldAt, forEachField, hasLetter, isNull, isPlain, kindOf } from "./leak-fields";
import { LeakColumns, type LearntColumn } from "./leak-columns";
import { LeakIndex, valueBytesMax, type SharedIndex } from "./leak-index";
import { LeakNumbers, type FoundNumbers, type LearntNumbers } from "./leak-numbers";
import { piecesOf, type FieldForm } from "./leak-pieces";
import { boundOf, HitCounts, type LeakReport } from "./leak-report";
import { canonical, decodings, fieldText, localPartOf } from "./leak-text";

/** Where in a text: the column of a row, or a definition. */
interface Place {
  name: string;
  arm: "value" | "definition";
}

/** A definition, comment, setting, statistic or name of the copy. */
export interface SearchedDefinition {
  kind: string;
  /** Whose it is; empty where that is the text itself. */
  name: string;
  text: string;
}

/** What one thread has learnt, with which others can search: the index is shared memory. */
export interface Learnt {
  index: SharedIndex;
  columns: LearntColumn[];
  numbers: LearntNumbers;
}

/** What one of several searches has met. */
export interface Found {
  bytes: number;
  hits: LeakReport["hits"];
  numbers: FoundNumbers[];
}

export class LeakScan {
  private readonly numbers: LeakNumbers;
  private readonly index: LeakIndex;
  private readonly learnt: LeakColumns;
  private readonly columns: LeakColumns["all"];
  private readonly hits = new HitCounts();
  private readonly digits = new Digits(DIGIT_MARK, valueBytesMax - DIGIT_MARK.length);
  private readonly positions: LeakReport["chance"] = [];
  private bytes = 0;
  private definitions = 0;

  /** `by`: another has learnt. */
  constructor(by?: Learnt) {
    this.numbers = new LeakNumbers(by?.numbers);
    this.index = new LeakIndex((digits) => this.numbers.learn(digits), by?.index);
    this.learnt = new LeakColumns(this.index, by?.columns);
    this.columns = this.learnt.all;
  }

  /** Returns the number by which its values are learnt. `isShort` where its type has few different values. */
  addColumn(name: string, isShort: boolean, form: FieldForm = "value"): number {
    return this.learnt.add(name, isShort, form);
  }

  /** Some rows, as COPY text, with the number of each field's column. */
  learn(columns: readonly number[], chunk: Uint8Array): void {
    forEachField(chunk, (field, from, to) => {
      const column = columns[field];
      if (column !== undefined && !isNull(chunk, from, to)) this.learnField(column, chunk, from, to);
    });
  }

  /** After all values were learnt, before anything is searched. */
  endLearning(): Learnt {
    this.learnt.end();
    return { index: this.index.share(), columns: this.learnt.share(), numbers: this.numbers.share() };
  }

  /**
   * Rows of a table of the copy; `places` has the name of each field. Fields that are `plain` by their type, such as
   * times, are only searched for what they show.
   */
  searchRows(places: readonly string[], plain: readonly boolean[], chunk: Uint8Array): void {
    this.bytes += chunk.length;
    const place = (field: number): Place => ({ name: places[field] ?? "", arm: "value" });
    this.index.search(...whole(chunk), (at, length, column) => {
      if (this.isWhole(...whole(chunk), at, length)) this.hit(place(fieldAt(chunk, at)), column);
    });
    forEachField(chunk, (field, from, to) => {
      const why = plain[field] ? "nothing" : needsDecoding(chunk, from, to);
      if (why === "all") this.searchDecoded(place(field), fieldText(chunk, from, to));
      else if (why === "digits" && !this.numbers.isEmpty)
        this.digits.forEachRun(chunk, from, to, () => this.searchNumber(place(field)));
    });
  }

  searchDefinition({ kind, name, text }: SearchedDefinition): void {
    this.definitions++;
    this.bytes += text.length;
    // What a value is found in may have another for a name, which is searched as a text of its own.
    const where = { name: this.isMet(name) ? kind : `${kind} ${name}`.trimEnd(), arm: "definition" as const };
    const shown = canonical(text);
    this.searchText(where, Buffer.from(shown));
    this.searchDecoded(where, text, shown);
  }

  /** Rows whose masked value is the source's, in one column, and how many of them chance explains. */
  comparePosition(column: string, seen: number, expected: number): void {
    const bound = boundOf(expected);
    this.positions.push({ column, expected, seen, bound });
    if (seen > bound) this.hits.add(column, column, "position", seen);
  }

  /** What this search has met in rows. */
  found(): Found {
    return { bytes: this.bytes, hits: this.hits.list(), numbers: this.numbers.found() };
  }

  /** What another search, for the same values, has met in other rows. */
  include({ bytes, hits, numbers }: Found): void {
    this.bytes += bytes;
    this.hits.include(hits);
    this.numbers.include(numbers);
  }

  report(): LeakReport {
    return {
      searched: {
        values: this.index.values,
        columns: this.columns.length,
        definitions: this.definitions,
        bytes: this.bytes,
        rawFiles: "not reachable",
      },
      leftOut: this.columns
        .filter(({ isShort, lowEntropy, long }) => isShort || lowEntropy || long === 0)
        .map(({ name, isShort, lowEntropy }) => ({
          column: name,
          reason: isShort || lowEntropy ? "low-entropy" : "short",
        })),
      chance: [...this.numbers.chance(), ...this.positions],
      hits: [...this.hits.list(), ...this.numbers.hits()],
    };
  }

  private learnField(column: number, chunk: Uint8Array, from: number, to: number): void {
    const own = this.columns[column]!;
    if (own.isShort) return;
    if (own.form !== "value")
      for (const piece of piecesOf(own.form, fieldText(chunk, from, to))) this.learnText(column, piece);
    else if (isPlain(chunk, from, to)) this.learnPlain(column, chunk, from, to);
    else this.learnText(column, fieldText(chunk, from, to));
  }

  private learnText(column: number, text: string): void {
    if (!/\p{L}/u.test(text)) {
      const bytes = Buffer.from(text.replaceAll(/\s/g, " "));
      return this.learnNumber(column, bytes, 0, bytes.length);
    }
    const shown = canonical(text);
    for (const form of [shown, localPartOf(shown)]) {
      const bytes = Buffer.from(form ?? "");
      this.learnBytes(column, bytes, 0, bytes.length, shown.includes("@"));
    }
  }

  /** Without making a string of it. */
  private learnPlain(column: number, chunk: Uint8Array, from: number, to: number): void {
    let sign = from;
    while (sign < to && chunk[sign] !== AT) sign++;
    if (sign < to && sign - from >= anchorBytes) this.learnBytes(column, chunk, from, sign, true);
    if (hasLetter(chunk, from, to)) this.learnBytes(column, chunk, from, to, sign < to);
    else this.learnNumber(column, chunk, from, to);
  }

  private learnNumber(column: number, chunk: Uint8Array, from: number, to: number): void {
    const { digits } = this;
    if (!digits.isNumber(chunk, from, to)) return;
    const end = Math.min(digits.bytes.length, DIGIT_MARK.length + digits.count);
    this.learnt.learn(column, digits.bytes, 0, end, true, digits.count);
  }

  private learnBytes(column: number, bytes: Uint8Array, from: number, to: number, identifies: boolean): void {
    this.learnt.learn(column, bytes, from, to, identifies, 0);
  }

  private searchDecoded(place: Place, text: string, searched?: string): void {
    for (const form of decodings(text)) if (form !== searched) this.searchText(place, Buffer.from(form));
    if (this.numbers.isEmpty) return;
    this.digits.forEachRun(...whole(Buffer.from(text)), () => this.searchNumber(place));
  }

  private isMet(name: string): boolean {
    let isMet = false;
    const met = () => void (isMet = true);
    for (const form of [canonical(name), ...decodings(name)]) this.searchFor(Buffer.from(form), met);
    this.digits.forEachRun(...whole(Buffer.from(name)), () => (isMet ||= this.columnOfNumber() !== undefined));
    return isMet;
  }

  private searchText(place: Place, bytes: Buffer): void {
    this.searchFor(bytes, (column) => this.hit(place, column));
  }

  private searchFor(bytes: Buffer, met: (column: number) => void): void {
    this.index.search(...whole(bytes), (at, length, column) => {
      if (this.isWhole(...whole(bytes), at, length)) met(column);
    });
  }

  /** A whole number only: within a longer one, chance would find thousands. */
  private searchNumber(place: Place): void {
    const { count } = this.digits;
    if (!this.numbers.expect(count)) return;
    const column = this.columnOfNumber();
    if (column !== undefined) this.numbers.hit(count, place.name + DIGITS, this.columns[column]!.name, place.arm);
  }

  private columnOfNumber(): number | undefined {
    const { bytes, count } = this.digits;
    return this.index.columnOf(bytes, 0, DIGIT_MARK.length + count);
  }

  private hit({ name, arm }: Place, column: number): void {
    this.hits.add(name, this.columns[column]!.name, arm);
  }

  /**
   * In the middle of a word or a number it is another word or number: `1 Main Street` in `21 Main Street`. An address
   * with an @ is none, wherever it is.
   */
  private isWhole(bytes: Uint8Array, from: number, to: number, at: number, length: number): boolean {
    const end = at + length;
    const before = at > from ? kindOf(bytes[at - 1]!) : 0;
    // A longer value goes on where its searched part ends.
    const after = end < to && length < valueBytesMax ? kindOf(bytes[end]!) : 0;
    if ((before === 0 || before !== kindOf(bytes[at]!)) && (after === 0 || after !== kindOf(bytes[end - 1]!)))
      return true;
    for (let one = at; one < end; one++) if (bytes[one] === AT) return true;
    return false;
  }
}

const AT = 0x40;
/** Before the digits of a number that is searched for as such: it is in no text. */
const DIGIT_MARK = "\u0001digits\u0001";
/** After a place where a number was found. */
const DIGITS = " (as a number)";

const whole = (bytes: Uint8Array): [Uint8Array, number, number] => [bytes, 0, bytes.length];
