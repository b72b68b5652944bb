export { refuseEmptyAndRepeated } from './given-once.ts';
export { endWithTwoOnTrouble, print } from './output.ts';
export { printable, printableLines } from './printable.ts';
export { ProgressLine } from './progress.ts';
export { renderSource, renderTenant } from './render.ts';
export { addVerify } from './verify-command.ts';
