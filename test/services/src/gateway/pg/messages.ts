/** The few messages of PostgreSQL's protocol 3.0 that the gateway sends: binary parameters, binary results. */

export type Parameter = Buffer | string | bigint | null;

function message(type: string, ...parts: Buffer[]): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  let length = 4;
  for (const part of parts) length += part.length;
  head.writeInt32BE(length, 1);
  return Buffer.concat([head, ...parts], length + 1);
}

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

function int16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => {
    bytes.writeInt16BE(value, i * 2);
  });
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function startup(options: Record<string, string>): Buffer {
  const pairs = Object.entries(options).map(([name, value]) => cString(`${name}\0${value}`));
  const body = Buffer.concat([int32(0x00030000), ...pairs, Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

export function parse(statement: string, sql: string): Buffer {
  return message('P', cString(statement), cString(sql), int16(0));
}

export function bind(statement: string, parameters: readonly Parameter[]): Buffer {
  const values: Buffer[] = [];
  for (const parameter of parameters) {
    if (parameter === null) {
      values.push(int32(-1));
      continue;
    }
    const bytes = parameterBytes(parameter);
    values.push(int32(bytes.length), bytes);
  }
  return message(
    'B',
    cString(''),
    cString(statement),
    int16(1, 1, parameters.length),
    ...values,
    int16(1, 1),
  );
}

function parameterBytes(parameter: Buffer | string | bigint): Buffer {
  if (typeof parameter === 'string') return Buffer.from(parameter);
  if (typeof parameter !== 'bigint') return parameter;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(parameter);
  return bytes;
}

/** Executes the bound statement whole and ends the implicit transaction. */
export const EXECUTE_AND_SYNC = Buffer.concat([message('E', cString(''), int32(0)), message('S')]);

export const TERMINATE = message('X');

export function simpleQuery(sql: string): Buffer {
  return message('Q', cString(sql));
}

export type Row = (Buffer | null)[];

export function readRow(frame: Buffer): Row {
  const row: Row = [];
  let at = 7;
  for (let left = frame.readInt16BE(5); left > 0; left--) {
    const length = frame.readInt32BE(at);
    at += 4;
    row.push(length < 0 ? null : frame.subarray(at, at + length));
    if (length > 0) at += length;
  }
  return row;
}

/** The fields of an error report by their one-letter names. */
export function readReport(frame: Buffer): Map<string, string> {
  const report = new Map<string, string>();
  let at = 5;
  while (at < frame.length && frame[at] !== 0) {
    const end = frame.indexOf(0, at + 1);
    report.set(String.fromCharCode(frame[at]!), frame.toString('utf8', at + 1, end));
    at = end + 1;
  }
  return report;
}
