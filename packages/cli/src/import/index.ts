export {
  type ImportOptions,
  type ImportSummary,
  importConversations,
  refuseUnreadable,
} from './import-conversations.ts';
export { READ_VERBS, type ToolRules } from './rules.ts';
