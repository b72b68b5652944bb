export { withReasonsJson } from '../shared/reasons.ts';
export { type AnswerPayload, answerSchema } from './answer.ts';
export {
  auditRuns,
  type ProposedCall,
  type ResumeOutcome,
  type RunAudit,
  type RunAuditOptions,
  type ToolCallGiven,
} from './run-audit.ts';
