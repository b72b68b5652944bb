import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  directorySink,
  httpSink,
  readSinks,
  type Sink,
  serveWitness,
  Witness,
  witnessSink,
} from '@sealtrail/publisher';
import {
  acceptCheckpoint,
  cosign,
  cosignaturesOf,
  encodeNote,
  readNote,
  type Signer,
  signCheckpoint,
} from '@sealtrail/tlog';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';
import { newSigner, ORIGIN, World } from './world.ts';

const newWorld = () => World.open(newSqlitePlace);

/** A web server whose answers a test decides. */
async function server(
  answer: (request: IncomingMessage, body: string) => { status: number; type?: string; body?: string },
): Promise<string> {
  const http = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { status, type = 'text/plain', body = '' } = answer(request, Buffer.concat(parts).toString());
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  );
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
}

interface RunningWitness {
  readonly signer: Signer;
  readonly url: string;
  readonly sink: Sink;
}

async function witness(world: World, name = 'w1', state = `${name}.db`): Promise<RunningWitness> {
  const signer = await newSigner(world.place.folder, `witness.example/${name}`, 'witness');
  const logs = [world.signer.key];
  const one = new Witness({ signer, logs, state: join(world.place.folder, state), init: true });
  const listening = await serveWitness(one, '127.0.0.1', 0);
  onTestFinished(async () => {
    await listening.close();
    one.close();
  });
  const url = `http://127.0.0.1:${listening.port}/`;
  return { signer, url, sink: witnessSink(name, url, signer.key) };
}

describe('the memory of a witness', () => {
  it('is in a folder that is there: a new one in place of one that is not mounted would cosign a second history', async () => {
    const world = await newWorld();
    expect(await codeOf(witness(world, 'w1', join('away', 'w1.db')))).toBe('config_invalid');
    expect(existsSync(join(world.place.folder, 'away'))).toBe(false);
  });

  it('is made when that is asked for, and neither in the place of a lost one nor over one that is there', async () => {
    const world = await newWorld();
    const signer = await newSigner(world.place.folder, 'witness.example/w', 'witness');
    const open = (name: string, init?: boolean) =>
      codeOf(() =>
        new Witness({
          signer,
          logs: [world.signer.key],
          state: join(world.place.folder, name),
          init,
        }).close(),
      );
    expect(await open('w.db')).toBe('config_invalid');
    expect(existsSync(join(world.place.folder, 'w.db'))).toBe(false);
    expect([await open('w.db', true), await open('w.db'), await open('w.db', true)]).toEqual([
      'done',
      'done',
      'config_invalid',
    ]);
    // A file that was made, or emptied, by somebody else is no memory either.
    await writeFile(join(world.place.folder, 'empty.db'), '');
    expect([await open('empty.db'), await open('empty.db', true)]).toEqual(['config_invalid', 'done']);
  });
});

describe('a folder', () => {
  it('gets every checkpoint, read-only, once', async () => {
    const world = await newWorld();
    const archive = join(world.place.folder, 'archive', 'inner');
    await mkdir(archive, { recursive: true });
    const publisher = world.publisher({ sinks: [directorySink('archive', archive)] });
    await world.seal();
    const { checkpoint: first } = await publisher.publish();
    for (let i = 0; i < 2; i++) {
      await world.seal();
      await publisher.publish();
    }
    expect(await publisher.sinks()).toMatchObject([
      { name: 'archive', size: 0, outstanding: 3, since: first?.time, failure: null },
    ]);
    expect(await publisher.deliver('archive')).toEqual({ sink: 'archive', taken: 3 });
    expect(await publisher.deliver('archive')).toEqual({ sink: 'archive', taken: 0 });
    expect(await publisher.sinks()).toMatchObject([{ outstanding: 0, since: null }]);
    const files = await readdir(archive);
    expect(files).toHaveLength(3);
    for (const file of files) {
      const path = join(archive, file);
      expect((await stat(path)).mode & 0o222).toBe(0);
      acceptCheckpoint(await readFile(path, 'utf8'), world.policy);
    }
    await world.expectSound((await publisher.newest()) as { size: number; root: string });
  });

  it('takes one again that it has, and refuses another of the same size', async () => {
    const world = await newWorld();
    const archive = join(world.place.folder, 'archive');
    const sink = directorySink('archive', archive);
    await mkdir(archive);
    await world.seal();
    const { checkpoint } = await world.publisher().publish();
    const { note, size, root, origin } = checkpoint as NonNullable<typeof checkpoint>;
    const delivery = (text: string) => ({
      checkpoint: { origin, size, root },
      note: text,
      previous: 0,
      signal: new AbortController().signal,
      consistency: async () => [],
    });
    expect(await sink.deliver(delivery(note))).toEqual({});
    expect(await sink.deliver(delivery(`${note}${note.slice(note.lastIndexOf('—'))}`))).toEqual({});
    const other = await signCheckpoint({ origin, size, root: '0'.repeat(64) }, [world.signer]);
    expect(await codeOf(sink.deliver(delivery(other)))).toBe('checkpoint_refused');
  });

  it('says that a file is no whole checkpoint, and that it cannot write', async () => {
    const world = await newWorld();
    const archive = join(world.place.folder, 'archive');
    await world.seal();
    const publisher = world.publisher({ sinks: [directorySink('archive', archive)] });
    const { checkpoint } = await publisher.publish();
    // On a share that is not mounted nothing is written beside it.
    expect(await codeOf(publisher.deliver('archive'))).toBe('sink_failed');
    expect(existsSync(archive)).toBe(false);
    await mkdir(archive);
    await writeFile(join(archive, `${String(checkpoint?.size).padStart(16, '0')}.checkpoint`), 'half of i');
    expect(await codeOf(publisher.deliver('archive'))).toBe('sink_failed');
    expect(await publisher.sinks()).toMatchObject([
      { outstanding: 1, failure: { attempts: 2, code: 'sink_failed' } },
    ]);
    await rm(archive, { recursive: true });
    await writeFile(archive, 'a file, not a folder');
    expect(await codeOf(publisher.deliver('archive'))).toBe('sink_failed');
    expect(await publisher.sinks()).toMatchObject([{ outstanding: 1, failure: { attempts: 3 } }]);
    await rm(archive);
    await mkdir(archive);
    expect(await publisher.deliver('archive')).toMatchObject({ taken: 1 });
    expect(await publisher.sinks()).toMatchObject([{ outstanding: 0, failure: null }]);
  });
});

describe('a web address', () => {
  it('gets each checkpoint with the token, and again until it answers 2xx', async () => {
    const world = await newWorld();
    const got: string[] = [];
    let status = 503;
    const url = await server((request, body) => {
      expect([request.method, request.headers.authorization]).toEqual(['POST', 'Bearer s3cret']);
      if (status === 204) got.push(body);
      return { status };
    });
    const publisher = world.publisher({ sinks: [httpSink({ name: 'customer', url, token: 's3cret' })] });
    await world.seal();
    await publisher.publish();
    expect(await codeOf(publisher.deliver('customer'))).toBe('sink_failed');
    await world.seal();
    await publisher.publish();
    expect(await publisher.sinks()).toMatchObject([
      { outstanding: 2, failure: { message: 'customer answered 503' } },
    ]);
    status = 204;
    expect(await publisher.deliver('customer')).toMatchObject({ taken: 2 });
    expect(got.map((note) => acceptCheckpoint(note, world.policy).size)).toEqual([3, 4]);
  });

  it('is not followed elsewhere, and its answer is read only so far', async () => {
    const world = await newWorld();
    await world.seal();
    const elsewhere = await server(() => ({ status: 200 }));
    const redirecting = await server(() => ({ status: 200 }));
    const long = await server(() => ({ status: 200, body: 'x'.repeat(1_000_000) }));
    const gone = redirecting.replace(/:\d+\//, ':1/');
    expect(elsewhere).not.toBe(redirecting);
    for (const url of [long, gone]) {
      const publisher = world.publisher({
        sinks: [httpSink({ name: 'customer', url: `${url}?key=s3cret` })],
      });
      await publisher.publish();
      const failed = await publisher.deliver('customer').catch((error: Error) => error.message);
      expect(failed).not.toContain('s3cret');
      expect(await publisher.sinks()).toMatchObject([{ outstanding: 1, failure: { code: 'sink_failed' } }]);
      publisher.close();
    }
  });
});

describe('a witness', () => {
  it('cosigns every checkpoint that extends the one before, whatever was published in between', async () => {
    const world = await newWorld();
    const { sink, signer, url } = await witness(world);
    const publisher = world.publisher({ sinks: [sink] });
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j <= i; j++) {
        await world.seal();
        await publisher.publish();
      }
      expect(await publisher.sinks()).toMatchObject([{ outstanding: 1 }]);
      expect(await publisher.deliver('w1')).toMatchObject({ taken: 1 });
      const shown = await readFile(join(world.folder, 'public', 'checkpoint'), 'utf8');
      expect(cosignaturesOf(readNote(shown), [signer.key])).toHaveLength(1);
      expect((await publisher.newest())?.note).toBe(shown);
    }
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256').update(ORIGIN).digest('hex');
    const monitored = await fetch(`${url}${hash}/checkpoint`);
    expect(await monitored.text()).toBe((await publisher.newest())?.note);
    await world.expectSound((await publisher.newest()) as { size: number; root: string });
  });

  it('is asked from the size that it has seen, when the publisher does not remember', async () => {
    const world = await newWorld();
    const { sink } = await witness(world);
    await world.seal();
    const first = world.publisher({ sinks: [sink] });
    await first.publish();
    await first.deliver('w1');
    await world.seal();
    // The same witness under another name: for the publisher a new one.
    const renamed: Sink = { ...sink, name: 'again' };
    const second = world.publisher({ sinks: [renamed] });
    await second.publish();
    expect(await second.deliver('again')).toMatchObject({ taken: 1 });
  });

  it('notices a log that was set back or forked, also when the operator has forgotten', async () => {
    const world = await newWorld();
    const { sink, signer } = await witness(world);
    await world.seal();
    await world.seal();
    const honest = world.publisher({ sinks: [sink] });
    const { checkpoint } = await honest.publish();
    await honest.deliver('w1');
    // Another history of the same length and of another, signed with the same key.
    const other = await newWorld();
    await other.seal(2, 'acme');
    const fork = other.publisher({ sinks: [sink], signers: [world.signer] });
    await fork.publish();
    expect(await codeOf(fork.deliver('w1'))).toBe('checkpoint_refused');
    for (let i = 0; i < 3; i++) await other.seal(1);
    await fork.publish();
    expect(await codeOf(fork.deliver('w1'))).toBe('checkpoint_refused');
    expect(await fork.sinks()).toMatchObject([
      { outstanding: 1, failure: { code: 'checkpoint_refused', attempts: 2 } },
    ]);
    const shown = await fork.newest();
    expect(cosignaturesOf(readNote(String(shown?.note)), [signer.key])).toEqual([]);
    await world.expectSound(checkpoint);
  });

  it('is not believed when it answers with nothing of its own', async () => {
    const world = await newWorld();
    await world.seal();
    const { signer } = await witness(world);
    const text = `${ORIGIN}\n1\n${'A'.repeat(43)}=\n`;
    const elsewhere = encodeNote({ text, signatures: [await cosign(text, signer, 1_800_000_000)] });
    const answers = [
      { status: 200, body: '' },
      { status: 200, body: 'hello\n' },
      { status: 200, body: (await world.publisher().publish()).checkpoint?.note.split('\n\n')[1] as string },
      { status: 409, body: '3\n' },
      { status: 409, type: 'text/x.tlog.size', body: 'three\n' },
      { status: 500 },
      // Its name and the id of its key, and a signature of something else; or none at all.
      { status: 200, body: elsewhere.slice(elsewhere.lastIndexOf('—')) },
      { status: 200, body: `— ${signer.key.name} !!!!\n` },
    ];
    for (const one of answers) {
      const url = await server(() => one);
      const publisher = world.publisher({ sinks: [witnessSink('w1', url, signer.key)] });
      const code = await codeOf(publisher.deliver('w1'));
      // To be tried again: it says nothing about the log.
      expect(code).toBe('sink_failed');
      publisher.close();
    }
  });

  it('answers each request of the protocol with its status', async () => {
    const world = await newWorld();
    const { url } = await witness(world);
    await world.seal();
    const note = String((await world.publisher().publish()).checkpoint?.note);
    const post = async (body: string) =>
      (await fetch(`${url}add-checkpoint`, { method: 'POST', body })).status;
    expect(await post(`old 0\n\n${note}`)).toBe(200);
    expect(await post(`old 0\n\n${note}`)).toBe(409);
    expect(await post(`old 3\n\n${note}`)).toBe(200);
    expect(await post(`old 4\n\n${note}`)).toBe(400);
    expect(await post('hello')).toBe(400);
    expect(await post(`old 0\n\n${note.replaceAll(ORIGIN, 'other.example')}`)).toBe(404);
    expect(await post(`old 3\n\n${note.replace('\n3\n', '\n2\n')}`)).toBe(403);
    expect(await post('x'.repeat(300_000))).toBe(413);
    expect((await fetch(`${url}add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${url}${'0'.repeat(64)}/checkpoint`)).status).toBe(404);
    expect((await fetch(`${url}anything`)).status).toBe(404);
  });

  it('remembers over a restart, and two of its processes cosign one history', async () => {
    const world = await newWorld();
    await world.seal();
    const signer = await newSigner(world.place.folder, 'witness.example/w', 'witness');
    const state = join(world.place.folder, 'shared.db');
    const both = [true, false].map((init) => new Witness({ signer, logs: [world.signer.key], state, init }));
    const { checkpoint } = await world.publisher().publish();
    const { size, note } = checkpoint as NonNullable<typeof checkpoint>;
    const fork = await signCheckpoint({ origin: ORIGIN, size, root: '1'.repeat(64) }, [world.signer]);
    const answers = await Promise.all([
      both[0]?.addCheckpoint(`old 0\n\n${note}`),
      both[1]?.addCheckpoint(`old 0\n\n${fork}`),
    ]);
    expect(answers.map((answer) => answer?.status).sort()).toEqual([200, 409]);
    for (const one of both) one.close();
    const again = new Witness({ signer, logs: [world.signer.key], state });
    expect((await again.addCheckpoint(`old 0\n\n${note}`)).status).toBe(409);
    again.close();
    expect(await codeOf(() => new Witness({ signer: world.signer, logs: [world.signer.key], state }))).toBe(
      'config_invalid',
    );
    expect(await codeOf(() => new Witness({ signer, logs: [], state }))).toBe('config_invalid');
  });
});

describe('a file of sinks', () => {
  it('is read strictly, and says what is wrong without repeating it', async () => {
    const world = await newWorld();
    const file = join(world.place.folder, 'sinks.json');
    const read = async (value: unknown, env: Record<string, string> = {}) => {
      await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
      return readSinks(file, env);
    };
    const http = { type: 'http', name: 'c', url: 'https://c.example/', tokenVariable: 'TOKEN' };
    const sinks = await read(
      { sinks: [{ type: 'directory', name: 'a', path: '/mnt/a' }, http] },
      { TOKEN: 't' },
    );
    expect(sinks.map(({ name, newestOnly }) => [name, newestOnly])).toEqual([
      ['a', false],
      ['c', false],
    ]);
    for (const bad of [
      'no json',
      [],
      { sinks: [{ type: 'carrier pigeon', name: 'a' }] },
      { sinks: [{ type: 'directory', name: 'a b', path: '/mnt/a' }] },
      { sinks: [{ type: 'directory', name: 'a', path: '/mnt/a', mode: 7 }] },
      { sinks: [{ ...http, url: 'ftp://s3cret@c.example/' }] },
      { sinks: [{ type: 'http', name: 'c', url: 'https://me:s3cret@c.example/' }] },
      { sinks: [], more: 1 },
      { sinks: [http] },
    ]) {
      const error = await read(bad).catch((fault: Error) => fault);
      expect(error).toMatchObject({ code: 'config_invalid' });
      expect(String(error)).not.toContain('s3cret');
    }
    expect(
      await codeOf(read({ sinks: [{ type: 'witness', name: 'w', url: 'https://w.example/', vkey: 'x' }] })),
    ).toBe('key_invalid');
    expect(await codeOf(() => readSinks(join(world.place.folder, 'none.json'), {}))).toBe('config_invalid');
    // The file's text, in the place of its path.
    const given = '{ "sinks": [{ "type": "http", "name": "a", "url": "https://a.example/?token=hunter2" }] }';
    expect(() => readSinks(given, {})).toThrow(/^(?!.*hunter2).*given by its path/);
    const twice = [directorySink('a', '/x'), directorySink('a', '/y')];
    expect(await codeOf(() => world.publisher({ sinks: twice }))).toBe('config_invalid');
    expect(await codeOf(world.publisher().deliver('none'))).toBe('config_invalid');
  });
});
