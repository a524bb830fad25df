import type * as X509 from "@peculiar/x509";
import { X509Certificate, createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildOnce } from "./build-once";
import { limits } from "./limits";
import { writeServerFile } from "./server-files";
import type { ServerUser } from "./server-user";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Makes sure that `ca.pem`, which clients trust, and its key are in the folder, which belongs to this module alone. */
export async function ensureAuthority(caFolder: string): Promise<void> {
  const isThere = () => existsSync(join(caFolder, "ca.pem"));
  const build = async (folder: string) => {
    const x509 = await library();
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: `CN=Shipshape embedded cloud authority ${randomBytes(4).toString("hex")}`,
      ...validFor(limits.authorityDays),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    await writeFile(join(folder, "ca-key.pem"), await privateKeyPem(keys.privateKey), { mode: 0o600 });
    await writeFile(join(folder, "ca.pem"), `${certificate.toString("pem")}\n`);
    await chmod(join(folder, "ca.pem"), 0o644); // whatever the umask: clients may be other users
  };
  await buildOnce(caFolder, build, isThere);
}

/** Makes sure the server has a certificate for localhost, from this authority and valid for at least another month. */
export async function ensureServerCertificate(
  tlsFolder: string,
  caFolder: string,
  user: ServerUser,
): Promise<{ certificate: string; key: string }> {
  const files = { certificate: join(tlsFolder, "server.crt"), key: join(tlsFolder, "server.key") };
  await ensureAuthority(caFolder);
  const authority = await readFile(join(caFolder, "ca.pem"), "utf8");
  if (await isGood(files, authority)) return files;

  const x509 = await library();
  const issuer = new x509.X509Certificate(authority);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: "CN=localhost",
    issuer: issuer.subject,
    ...validFor(limits.certificateDays),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await authorityKey(caFolder),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
        { type: "ip", value: "::1" },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  // Renewed before the server starts, so it never sees a mismatched pair.
  await writeServerFile({ path: files.key, content: await privateKeyPem(keys.privateKey) }, user);
  await writeServerFile({ path: files.certificate, content: `${certificate.toString("pem")}\n` }, user);
  return files;
}

async function isGood(files: { certificate: string; key: string }, authority: string): Promise<boolean> {
  try {
    const certificate = new X509Certificate(await readFile(files.certificate));
    const renewFrom = Date.parse(certificate.validTo) - limits.renewBeforeDays * 86_400_000;
    const key = createPrivateKey(await readFile(files.key));
    return (
      certificate.checkPrivateKey(key) &&
      certificate.verify(new X509Certificate(authority).publicKey) &&
      Date.now() < renewFrom
    );
  } catch {
    return false; // absent, or truncated by a crash: create a new one
  }
}

/** Loaded on first use: it takes 80 ms, and most starts find a valid certificate. */
async function library(): Promise<typeof X509> {
  await import("reflect-metadata"); // its CommonJS build requires it
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto as typeof globalThis.crypto);
  return x509;
}

async function authorityKey(caFolder: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(await readFile(join(caFolder, "ca-key.pem"))).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join("\n")}\n-----END PRIVATE KEY-----\n`;
}

function validFor(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  // An hour back: clocks differ in containers
  return { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + days * 86_400_000) };
}

function serialNumber(): string {
  return `01${randomBytes(15).toString("hex")}`; // positive, 16 bytes
}
