export type { ApprovalAnswer, ApprovalRequest } from './approvals.ts';
export {
  type AuditedTool,
  type AuditToolsOptions,
  auditTools,
  type DecideOutcome,
  type PendingCall,
  type ToolAudit,
} from './audit-tools.ts';
