import type { JsonObject, Target } from '@sealtrail/format';
import type { Context } from 'hono';
import { z } from 'zod';
import type { AccessType } from '../access/access-log.ts';
import type { Signed } from '../access/identity.ts';
import type { Right } from '../access/permissions.ts';
import type { Parts } from '../parts.ts';

type Shape = z.ZodObject<z.core.$ZodShape>;

/** A request that has been let in: who asks, and what for, parsed. */
export interface Call<P, Q, B> {
  readonly parts: Parts;
  readonly signed: Signed;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly context: Context;
}

/** What a call came to. */
export interface Answer {
  readonly status?: 200 | 201 | 202 | 204;
  /** An object is sent as JSON. */
  readonly body?: object | undefined;
  /** Instead of a body: an answer that streams. */
  readonly response?: Response;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the access log says about it, beside the route, the tenant and the query. */
  readonly accessed?: { readonly record?: Target | undefined; readonly data?: JsonObject };
}

export interface RouteDefinition<P extends Shape, Q extends Shape, B extends Shape> {
  /** The name of the operation, in the description of the API and in the access log. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `api/v1`; `:tenant` is checked against the scope before the handler runs. */
  readonly path: string;
  readonly summary: string;
  /** `public` for what anybody may ask. */
  readonly right: Right | 'public';
  readonly params: P;
  readonly query: Q;
  readonly body?: B;
  /** The schema of a JSON answer, or the media type of another one; absent for none. */
  readonly answer?: z.ZodType | string;
  readonly status?: 200 | 201 | 202 | 204;
  /** The entry of the access log that has to be written before the answer leaves. */
  readonly access?: AccessType;
  readonly handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer>;
}

/** A route whose types are forgotten, so that all of them fit one list. */
export type Route = Omit<RouteDefinition<Shape, Shape, Shape>, 'handle'> & {
  readonly handle: (call: Call<never, never, never>) => Promise<Answer>;
};

export function route<
  P extends Shape = z.ZodObject<Record<never, never>, z.core.$strict>,
  Q extends Shape = z.ZodObject<Record<never, never>, z.core.$strict>,
  B extends Shape = z.ZodObject<Record<never, never>, z.core.$strict>,
>(
  definition: Omit<RouteDefinition<P, Q, B>, 'params' | 'query'> & {
    readonly params?: P;
    readonly query?: Q;
  },
): Route {
  return { params: NOTHING, query: NOTHING, ...definition } as unknown as Route;
}

const NOTHING = z.strictObject({});
