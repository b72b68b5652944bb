import type { Sample } from './samples.ts';

// What samples take as known, as their text says: by name, its type.

const SDK = `import('@sealtrail/sdk')`;
const STORE = `import('@sealtrail/store')`;

const USUAL: Readonly<Record<string, string>> = {
  trail: `${SDK}.Trail`,
  sarah: `ReturnType<typeof ${SDK}.authenticatedUser>`,
  updateContact: `${SDK}.Action<'update_contact', import('zod').ZodType<{ id: string; phone: string }>>`,
  crm: '{ update(input: { id: string; phone: string }): Promise<void>; setDiscount(input: { percent: number }): Promise<void> }',
  store: `${STORE}.Store`,
  views: `import('@sealtrail/views').Views`,
  page: '(alert: object) => void',
};

const OF_FILE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/proposals.md': {
    definition: `${SDK}.ActionDefinition<'set_discount', import('zod').ZodType<{ deal: string; percent: number }>>`,
  },
  'docs/adapters/ag-ui.md': {
    input: `import('@ag-ui/core').RunAgentInput`,
    toolCallId: 'string',
    name: 'string',
    args: 'string',
  },
  'docs/adapters/ai-sdk.md': {
    chatId: 'string',
    messages: `import('ai').ModelMessage[]`,
    model: `import('ai').LanguageModel`,
  },
  'docs/adapters/langchain.md': {
    model: 'string',
    checkpointer: `import('@langchain/langgraph').MemorySaver`,
    input: '{ messages: { role: "user"; content: string }[] }',
    thread_id: 'string',
  },
  'docs/adapters/mcp.md': {
    server: `import('@modelcontextprotocol/sdk/server/mcp.js').McpServer`,
    personOf: `(authInfo: unknown) => ReturnType<typeof ${SDK}.authenticatedUser> | undefined`,
  },
  'docs/adapters/openai-agents.md': { message: 'string', thread: 'string' },
  'packages/service/README.md': {
    signedIn:
      '(request: Request) => Promise<{ id: string; name: string; isAdmin: boolean; organisation: string } | null>',
    pino: `() => import('@sealtrail/service').Logger`,
    service: `import('@sealtrail/service').Service`,
    app: `{ use(handle: (request: import('node:http').IncomingMessage & { url: string }, response: import('node:http').ServerResponse, next: () => unknown) => unknown): void }`,
  },
  'packages/timestamp/README.md': { text: 'string', answer: 'Uint8Array', certificatesPem: 'string' },
  'packages/tlog/README.md': { policyText: 'string', noteText: 'string' },
};

/** Declares what a sample takes as known and does not make itself. */
export function givenFor({ file, code }: Sample): string {
  return Object.entries({ ...USUAL, ...OF_FILE[file] })
    .filter(([name]) => !new RegExp(`\\b(?:const|let) (?:\\{[^}]*\\b)?${name}\\b`).test(code))
    .map(([name, type]) => `declare const ${name}: ${type};\n`)
    .join('');
}
