/** Pure: what the name of a column says about its values, in the languages that schemas are written in. */

/** The words of a name, in lower case, without accents and plurals: `userEmailAddresses` → user, email, address. */
export function nameWords(name: string): string[] {
  return name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll("ß", "ss")
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replaceAll(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map(singular);
}

const singular = (word: string): string =>
  word.length < 4 || /(ss|us|is)$/.test(word)
    ? word
    : word
        .replace(/ies$/, "y")
        .replace(/(ss|x|ch|sh)es$/, "$1")
        .replace(/s$/, "");

/** What a column is about. */
export type Meaning =
  | "email"
  | "phone"
  | "first-name"
  | "last-name"
  | "name"
  | "user-name"
  | "street"
  | "city"
  | "postal-code"
  | "company"
  | "birth-date"
  | "national-id"
  | "card"
  | "iban"
  | "ip"
  | "url"
  | "secret"
  | "free-text"
  | "place"
  | "pay"
  | "device"
  | "state"
  | "moment"
  | "person-key";

/** Words that have to stand next to each other, in this order. */
const dictionary: readonly (readonly [Meaning, string])[] = [
  [
    "secret",
    "password|passwd|pwd|passwort|kennwort|contrasena|mot de passe|secret|token|api key|apikey|access key|private key|salt|otp|otp code|totp|recovery code|backup code|verification code|security code|cvv|cvc|one time code|pin|csrf|nonce|signature|session id|session key|encrypted|digest|confirmation code|reset code|credential|dsn|ssh key|connection string",
  ],
  ["email", "email|e mail|mail|mail address|courriel|correo|correo electronico|posta elettronica|emailadresse"],
  [
    "phone",
    "phone|phone number|telephone|telefon|telefono|telefone|tel|mobile|mobil|mobile number|cell|cellphone|fax|msisdn|handy|handynummer|movil|celular|telefonnummer|numero de telephone|whatsapp",
  ],
  ["card", "card number|card no|credit card|creditcard|cc number|pan|kreditkarte|kartennummer|tarjeta|carte bancaire"],
  ["iban", "iban|bank account|account iban|kontonummer|compte bancaire|cuenta bancaria"],
  [
    "national-id",
    "ssn|social security|social security number|tax id|tax number|taxpayer|vat id|vat number|passport|passport number|passport no|national id|id number|identity card|driver license|driving licence|license number|steuernummer|steuer id|sozialversicherungsnummer|ausweisnummer|personalausweis|reisepass|nif|dni|nie|cpf|cnpj|curp|rfc|nino|nhs number|nir|codice fiscale|bsn|pesel|personnummer|insurance number|versichertennummer|patient number|medical record number|mrn",
  ],
  ["ip", "ip|ip address|ip addr|remote addr|remote address|client ip|last ip|ipv4|ipv6|sign in ip"],
  [
    "birth-date",
    "birth|birthday|birthdate|birth date|date of birth|dob|born|born on|geburtstag|geburtsdatum|geboren|naissance|date de naissance|nacimiento|fecha de nacimiento|nascita",
  ],
  [
    "first-name",
    "first name|firstname|given name|forename|vorname|prenom|nombre de pila|primer nombre|middle name|fname",
  ],
  [
    "last-name",
    "last name|lastname|surname|family name|familyname|nachname|familienname|nom de famille|apellido|cognome|sobrenome|maiden name|lname",
  ],
  [
    "user-name",
    "username|user name|login|login name|nick|nickname|handle|screen name|benutzername|benutzer|utilisateur|usuario|alia",
  ],
  [
    "company",
    "company|company name|organization|organisation|organization name|organisation name|employer|firma|firmenname|unternehmen|entreprise|societe|empresa|azienda|arbeitgeber|business name|legal name",
  ],
  [
    "street",
    "address|address line|addres|addr|address1|address2|street|street name|street address|line1|line2|line 1|line 2|strasse|hausnummer|anschrift|adresse|rue|calle|direccion|indirizzo|endereco|house number|building",
  ],
  [
    "postal-code",
    "zip|zip code|zipcode|postal code|postcode|post code|postal|plz|postleitzahl|code postal|codigo postal|cap",
  ],
  [
    "city",
    "city|town|location|ort|stadt|wohnort|ville|ciudad|citta|cidade|municipality|village|birthplace|place of birth|geburtsort",
  ],
  ["place", "latitude|longitude|lat|lng|lon|geo|geom|geography|coordinate|gps"],
  ["pay", "salary|wage|gehalt|lohn|salaire|salario|income|einkommen|net worth|credit score|bonus pay"],
  ["device", "user agent|useragent|device id|device name|fingerprint|imei|mac address|mac|serial number|cookie"],
  ["url", "url|uri|website|web site|homepage|link|href|avatar|photo|picture|image|profile image|webhook|callback"],
  [
    "free-text",
    "note|comment|description|message|body|text|content|remark|bemerkung|notiz|beschreibung|nachricht|kommentar|texte|commentaire|nota|comentario|descripcion|mensaje|summary|subject|title|bio|about|feedback|review|reason|query|search|transcript|diagnosis|diagnose|memo|detail|answer|question",
  ],
  [
    "name",
    "full name|fullname|display name|displayname|real name|contact name|customer name|person name|holder|holder name|account holder|card holder|cardholder|recipient|recipient name|sender|sender name|author|author name|committer|committer name|owner name|patient name|employee name|contact person|ansprechpartner|empfanger|absender|name|nom|nombre|nome|naam",
  ],
  [
    "user-name",
    "skype|linkedin|twitter|facebook|instagram|telegram|discord|mastodon|github|jabber|icq|extern uid|external uid",
  ],
  [
    "moment",
    "created|updated|modified|deleted|inserted|created at|updated at|modified at|deleted at|created on|updated on|last update|last updated|last modified|inserted at|changed at|erstellt|geandert|cree le|timestamp|synced at|processed at|expires at|published at",
  ],
  [
    "state",
    "status|state|type|kind|category|role|level|stage|phase|priority|currency|currency code|country code|country|locale|language|lang|timezone|time zone|unit|format|version|code type|sta|typ|art|waehrung|land|pays|devise|estado|tipo|gender code|mode|channel|source type|severity|environment|region|plan|tier|mime type|content type|encoding|color|colour",
  ],
];

const phrases = dictionary.flatMap(([meaning, said]) =>
  said.split("|").map((phrase) => ({ meaning, words: phrase.split(" ") })),
);

/** As the last of several words they say what the value is: the type of a token is no token. */
const labelling = /^(type|kind|category|status|format|mode|locale|language|lang|encoding|version|colou?r)$/;

/**
 * What it says, and by which words: a last word that labels, else the longest phrase; of two as long, the one that comes
 * first above.
 */
export function meaningOf(name: string): { meaning: Meaning; words: string } | undefined {
  const given = nameWords(name);
  const last = given.at(-1) ?? "";
  if (given.length > 1 && labelling.test(last)) return { meaning: "state", words: last };
  let best: (typeof phrases)[number] | undefined;
  for (const phrase of phrases)
    if (contains(given, phrase.words) && phrase.words.length > (best?.words.length ?? 0)) best = phrase;
  return best && { meaning: best.meaning, words: best.words.join(" ") };
}

const contains = (given: readonly string[], wanted: readonly string[]): boolean =>
  given.some((_, at) => wanted.every((word, i) => given[at + i] === word));

const counting =
  /^(count|size|limit|length|delay|timeout|period|interval|duration|lifetime|ttl|second|minute|hour|day|week|month|byte|attempt|retry|percent|threshold|quota|total)$/;

/** Does a number of this name count, or refer to a row, whatever it is about: `token_ttl_seconds`, `card_id`? */
export function countsOrRefers(name: string, said: string): boolean {
  const words = nameWords(name);
  const last = words.at(-1) ?? "";
  return words.length > 1 && (counting.test(last) || (last === "id" && !/\bid$/.test(said)));
}

const people =
  /^(user|customer|client|contact|person|people|employee|member|patient|student|teacher|author|account|profile|lead|subscriber|guest|passenger|staff|actor|kunde|benutzer|mitarbeiter|personne|cliente|usuario|empleado|utilisateur|owner|driver|applicant|candidate|recipient|address|signatory|player|citizen|tenant|beneficiary)$/;

/** Is a table about people, by its name? There a `name` is a person's. */
export const isAboutPeople = (table: string): boolean => nameWords(table).some((word) => people.test(word));

const passing = /^(session|outbox|inbox|queue|delayed|cache|token|lock|webhook|dead|import|staging|temp|tmp)$/;
/** Words that say so only together. */
const passingTogether =
  /(^| )((api|access) key|(active|background|good|oban|que|queued|scheduled|solid|worker) job)( |$)/;
const remembering = /^(audit|history|log|event|version|archive|backup|bak|old|copy|snapshot|journal|trail)$/;

/** The word or words by which a table's rows pass on: queues, sessions. */
export function passingWord(table: string): string | undefined {
  const words = nameWords(table);
  return words.find((word) => passing.test(word)) ?? passingTogether.exec(words.join(" "))?.[0].trim();
}

/** Tables that are easily forgotten: what they have passes on (queues, sessions), or repeats others (audits, backups). */
export function forgottenKind(table: string): "passing" | "remembering" | undefined {
  if (passingWord(table) !== undefined) return "passing";
  return nameWords(table).some((word) => remembering.test(word)) ? "remembering" : undefined;
}
