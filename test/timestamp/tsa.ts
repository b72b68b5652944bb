import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Whether there is an OpenSSL to be a time-stamping authority with. In CI there must be one. */
export const hasOpenssl: boolean = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    console.error('[openssl] NOT AVAILABLE: the suites that need a time-stamping authority are SKIPPED');
    return false;
  }
})();

export interface TsaOptions {
  /** Extended key usage of its certificate. */
  readonly usage?: string;
  readonly algorithm?: 'rsa' | 'ec';
  readonly days?: number;
  /** Basic constraints of the authorities above it, from the root on. */
  readonly above?: readonly string[];
}

/** A time-stamping authority made with OpenSSL: a root, a certificate under it, and `openssl ts -reply`. */
export class Tsa {
  readonly folder: string;

  constructor({
    usage = 'critical,timeStamping',
    algorithm = 'rsa',
    days = 3_650,
    above = ['critical,CA:TRUE'],
  }: TsaOptions = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'sealtrail-tsa-'));
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    const newkey = algorithm === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    this.#write('serial', '01\n');
    this.#write('tsa.cnf', CONFIG);
    for (const [i, constraints] of above.entries()) {
      const ca = `ca${i}`;
      const usage = 'critical,keyCertSign,cRLSign';
      this.#write(`${ca}.ext`, `basicConstraints=${constraints}\nkeyUsage=${usage}\n`);
      this.#request(ca, `/CN=Test ${i === 0 ? 'Root' : i}`, newkey);
      this.#sign(ca, i === 0 ? undefined : `ca${i - 1}`, 3_650);
    }
    this.#write(
      'tsa.ext',
      `extendedKeyUsage=${usage}\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n`,
    );
    this.#request('tsa', '/O=Example/CN=Test TSA', newkey);
    this.#sign('tsa', `ca${above.length - 1}`, days);
    this.#write(
      'chain.pem',
      above.map((_, i) => readFileSync(join(this.folder, `ca${i}.pem`), 'utf8')).join(''),
    );
  }

  /** Certificate of its root, PEM. */
  get root(): string {
    return readFileSync(join(this.folder, 'ca0.pem'), 'utf8');
  }

  /** Its own certificate, PEM. */
  get certificate(): string {
    return readFileSync(join(this.folder, 'tsa.pem'), 'utf8');
  }

  /** Whether OpenSSL takes its certificate. */
  get isTaken(): boolean {
    try {
      this.#openssl(['verify', '-CAfile', 'ca0.pem', '-untrusted', 'chain.pem', 'tsa.pem']);
      return true;
    } catch {
      return false;
    }
  }

  /** Answers a request, DER to DER. */
  reply(request: Uint8Array): Uint8Array {
    this.#write('request.tsq', request);
    this.#openssl([
      'ts',
      '-reply',
      '-config',
      'tsa.cnf',
      '-section',
      'tsa',
      '-queryfile',
      'request.tsq',
      '-out',
      'reply.tsr',
    ]);
    return readFileSync(join(this.folder, 'reply.tsr'));
  }

  /** What a token says, signed by this certificate, whatever it is for: `openssl ts` would refuse. */
  signedAnew(token: Uint8Array): Uint8Array {
    this.#write('token.der', token);
    const said = ['-binary', '-inform', 'DER', '-in', 'token.der', '-out', 'info.der'];
    this.#openssl(['cms', '-verify', '-noverify', ...said]);
    const signer = ['-signer', 'tsa.pem', '-inkey', 'tsa.key', '-md', 'sha256', '-cades'];
    const content = ['-binary', '-nodetach', '-econtent_type', TST_INFO, '-in', 'info.der'];
    this.#openssl(['cms', '-sign', ...signer, ...content, '-outform', 'DER', '-out', 'anew.der']);
    return readFileSync(join(this.folder, 'anew.der'));
  }

  /** The authority as a web server. */
  async serve(change: (reply: Uint8Array) => Uint8Array = (reply) => reply): Promise<string> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        response.writeHead(200, { 'content-type': 'application/timestamp-reply' });
        response.end(change(this.reply(Buffer.concat(parts))));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(
      () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    );
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  #request(name: string, subject: string, newkey: readonly string[]): void {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.csr`];
    this.#openssl(['req', '-newkey', ...newkey, '-nodes', ...files, '-subj', subject]);
  }

  /** @param by undefined for one that signs itself */
  #sign(name: string, by: string | undefined, days: number): void {
    const issuer =
      by === undefined
        ? ['-signkey', `${name}.key`]
        : ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial'];
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`];
    this.#openssl(['x509', '-req', ...files, ...issuer, '-days', String(days)]);
  }

  #write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.folder, name), content);
  }

  #openssl(args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
  }
}

/** The type of what a time-stamp token signs (RFC 3161). */
const TST_INFO = '1.2.840.113549.1.9.16.1.4';

const CONFIG = `
[tsa]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = chain.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;
