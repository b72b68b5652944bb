export { endWithTwoOnTrouble, errorDocument, print, tellError } from './output.ts';
export { printable, printableLines } from './printable.ts';
export { newProgram, runProgram } from './program.ts';
export { ProgressLine } from './progress.ts';
export { renderSource, renderTenant } from './render.ts';
export { addVerify } from './verify-command.ts';
