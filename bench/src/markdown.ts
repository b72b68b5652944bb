import { chart } from './charts.ts';
import type { Figure } from './measure.ts';
import { about, groups, list, n, type Report, range, ratio } from './report.ts';

const PREFACE = `# Measured

How to read it: a **bold** line is a figure of Sealtrail, and the lines under it are what it is held against, measured in the same rounds in turn.
The ratio is the figure divided by that, round by round: 0.80 of raw writes says that appends reached 80 % of them, 3.3 of a lock for each
entry says that they were 3.3 times as fast. Behind each median stand the slowest and the fastest round. \`npm run bench -- --help\` says what each
part measures. Figures of two machines, or of one that is busy with something else, are not to be compared.

Other packages on the same machine: [PEERS.md](PEERS.md). Larger than what is measured here, up to a billion entries and a million
tenants: [docs/scaling.md](../docs/scaling.md), on paper, from measured unit costs.`;

const TITLES: Readonly<Record<Figure['part'], string>> = {
  append: 'Appending',
  verify: 'Full verification',
  partial: 'Partial verification: a few segments and the whole chain of anchors',
  anchor: 'Anchoring',
  prove: 'Proofs of an entry and of a record’s history',
  seal: 'Sealing',
  prune: 'Erasing and pruning',
  serve: 'Pages over HTTP',
};

/** Tables and charts in Markdown, one for each part and store, after lines that say where it was measured. */
export function toMarkdown(report: Report): string {
  const several = report.runs.length > 1;
  const lines = [PREFACE, ''];
  for (const [i, run] of report.runs.entries()) {
    lines.push(...(several ? [`**Run ${i + 1}.**`] : []), ...about(run), '');
  }
  for (const { name, why } of report.runs.flatMap(({ failures }) => failures)) {
    lines.push(`- **Not measured: ${name}.** ${why}`);
  }
  const parts = new Set(groups(report).map(({ figures }) => figures[0]?.figure.part as Figure['part']));
  for (const part of parts) {
    lines.push('', `## ${TITLES[part]}`);
    for (const { figures } of groups(report).filter((group) => group.figures[0]?.figure.part === part)) {
      const runs = [...new Set(figures.map(({ run }) => run + 1))];
      const store = figures[0]?.figure.store ?? '';
      lines.push('', `### ${store}${several ? ` (run ${runs.join(', ')})` : ''}`, '');
      lines.push(
        '| what | a second | slowest to fastest | ratio | its spread; notes |',
        '| --- | ---: | --- | ---: | --- |',
      );
      lines.push(...figures.flatMap(({ figure }) => rows(figure)));
      lines.push(...chart(figures.map(({ figure }) => figure)));
    }
  }
  return `${lines.join('\n')}\n`;
}

function rows({ name, unit, perSecond, against, notes }: Figure): string[] {
  const value = `${n(perSecond.median)}${unit === undefined || unit === 'times' ? '' : ` ${unit}`}`;
  return [
    `| **${name}** | **${value}** | ${range(perSecond)} | | ${list(notes)} |`,
    ...against.map(
      (one) =>
        `| of ${one.name} | ${n(one.perSecond.median)} | ${range(one.perSecond)} | **${ratio(one.ratio.median)}** | ${ratio(one.ratio.min)} to ${ratio(one.ratio.max)} |`,
    ),
  ];
}
