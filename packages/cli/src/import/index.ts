export { type ImportOptions, type ImportSummary, importConversations } from './import-conversations.ts';
export { READ_VERBS, type ToolRules } from './rules.ts';
