export {
  type ApprovalRequest,
  type AuditedCall,
  type AuditOptions,
  auditTools,
  type ToolAudit,
} from './audit-tools.ts';
