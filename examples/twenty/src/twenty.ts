// The shapes of twenty-sdk 2.43 that this plugin uses, so that the example runs without it.

export interface LogicFunctionExecutionContext {
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly workspaceId: string;
  readonly userWorkspaceId: string | null;
  readonly workspaceMemberId: string | null;
}

export interface LogicFunctionConfig<Payload> {
  readonly universalIdentifier: string;
  readonly name?: string;
  readonly description?: string;
  readonly toolTriggerSettings?: { readonly inputSchema?: object };
  readonly databaseEventTriggerSettings?: {
    readonly eventName: string;
    readonly updatedFields?: string[];
    readonly batchMode?: boolean;
  };
  readonly handler: (payload: Payload, context: LogicFunctionExecutionContext) => unknown;
}

/** In twenty-sdk it validates the configuration as well. */
export function defineLogicFunction<Payload>(config: LogicFunctionConfig<Payload>): {
  readonly success: boolean;
  readonly config: LogicFunctionConfig<Payload>;
  readonly errors: string[];
} {
  return { success: true, config, errors: [] };
}

/** What Twenty says of an updated record: which one, by whom as far as it knows, and the values before and after. */
export interface DatabaseEventPayload<T> {
  readonly name: string;
  readonly workspaceId: string;
  readonly recordId: string;
  readonly userId?: string;
  readonly workspaceMemberId?: string;
  readonly properties: {
    readonly updatedFields: string[];
    readonly diff: { readonly [K in keyof T]?: { readonly before: T[K]; readonly after: T[K] } };
    readonly before: T;
    readonly after: T;
  };
}

/** The part of a person that this plugin knows. */
export interface Person {
  readonly id: string;
  readonly phone: string;
  readonly city: string;
  readonly updatedAt: string;
}
