export type { ApprovalAnswer, ApprovalRequest } from './approvals.ts';
export {
  type AuditedTool,
  type AuditToolsOptions,
  auditTools,
  type PendingCall,
  type ToolAudit,
} from './audit-tools.ts';
export type { DecideOutcome } from './decide.ts';
