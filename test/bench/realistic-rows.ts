/** Pure: rows of customers as they are in databases, the same in each run, as COPY text. */

export const customerTable =
  "create table customer (id bigint, name text, email text, phone text, born date, city text, profile jsonb, note text, joined timestamptz, score numeric)";

const poolSize = 50_000;
const rowsOfChunk = 5000;

/** xorshift32, from a fixed seed. */
function* random(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/** `count` rows, in chunks. Columns depend on each other as in life: an address is made of the name, a note quotes it. */
export function* customerRows(count: number): Generator<Buffer, void> {
  const numbers = random(20_261_127);
  const next = (most: number) => numbers.next().value % most;
  const one = <T>(from: readonly T[]): T => from[next(from.length)]!;
  const word = (syllables: number) => Array.from({ length: syllables }, () => one(consonants) + one(vowels)).join("");
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const pool = (make: () => string) => Array.from({ length: poolSize }, make);
  const first = pool(() => capital(word(2 + next(2))));
  const last = pool(() => capital(word(2 + next(3))) + one(endings));
  const towns = Array.from({ length: 900 }, () => capital(word(2)) + one(["burg", "ton", " Falls", "stadt"]));
  const sentences = pool(() => Array.from({ length: 6 + next(10) }, () => one(plainWords)).join(" "));
  let rows: string[] = [];
  for (let id = 1; id <= count; id++) {
    const [given, family] = [one(first), one(last)];
    const odd = id % 1000 === 0 ? one(oddities) : "";
    const email = `${given}.${family}${next(10_000)}@${one(hosts)}`.toLowerCase();
    const note =
      next(3) > 0 ? "\\N" : `${sentences[next(poolSize)]}${next(4) === 0 ? ` asked ${given} ${family}` : ""}${odd}`;
    const fields = [
      String(id),
      `${given} ${family}${odd}`,
      next(100) === 0 ? "\\N" : email,
      next(100) === 0 ? "\\N" : `+49 ${30 + next(60)} ${1_000_000 + next(9_000_000)}`,
      new Date(Date.UTC(1940, 0, 1 + next(25_000))).toISOString().slice(0, 10),
      one(towns),
      `{"tier": "${one(["gold", "silver"])}", "visits": ${next(500)}}`,
      note,
      new Date(1.6e12 + next(2 ** 31) * 50).toISOString().replace("T", " ").replace("Z", "+00"),
      (next(1_000_000) / 100).toFixed(2),
    ];
    rows.push(fields.join("\t"));
    if (rows.length === rowsOfChunk || id === count) {
      yield Buffer.from(`${rows.join("\n")}\n`);
      rows = [];
    }
  }
}

const consonants = [..."bdfgklmnprstvz"];
const vowels = [..."aeiou"];
const endings = ["", "son", "mann", "ez", "ov", "dottir"];
const hosts = ["mail.test", "post.test", "firm.test", "school.test", "inbox.test"];
const plainWords =
  "the order was late and a customer called twice about the invoice of last month but nobody could say when it is sent".split(
    " ",
  );
/** Escaped as COPY does it. */
const oddities = [" 🚢", " שלום", " 𠜎", ' "quoted"', " \\\\ back", " \\t tab", " Zoë"];
