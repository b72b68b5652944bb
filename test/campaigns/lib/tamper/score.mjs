// @ts-check

/** @typedef {import('./verdict.mjs').Verdict} Verdict */
/** @typedef {import('./singles.mjs').Wanted} Wanted */

export const MOST_PROBLEMS = 20;

/**
 * @typedef {object} Result
 * @property {Record<string, number>} counts by what came of it
 * @property {Record<string, Record<string, number>>} artefacts the same, by what was changed
 * @property {string[]} needs what was not seen without something noted elsewhere
 * @property {string[]} problems
 */

/** What came of all cases. */
export class Score {
  /** @type {string[]} */
  problems;
  /** @type {Record<string, number>} */
  #counts;
  /** @type {Record<string, Record<string, number>>} */
  #artefacts;
  /** @type {Set<string>} */
  #needed;

  /** @param {Result} [before] what it goes on from */
  constructor(
    { counts, artefacts, needs, problems } = { counts: {}, artefacts: {}, needs: [], problems: [] },
  ) {
    this.problems = [...problems];
    this.#counts = { ...counts };
    this.#artefacts = structuredClone(artefacts);
    this.#needed = new Set(needs);
  }

  get isFull() {
    return this.problems.length >= MOST_PROBLEMS;
  }

  /** @type {(what: string, verdict: { readonly status: string, readonly summary?: string }, seed: number) => void} */
  whole(what, { status, summary }, seed) {
    this.#count('untouched', status === 'valid' ? 'valid' : 'FALSE ALARM');
    if (status !== 'valid') this.problems.push(`false alarm, ${what}, seed ${seed}: ${summary ?? status}`);
  }

  /** @type {(artefact: string, how: string, verdict: Verdict, wanted: Wanted, told: string) => void} */
  single(artefact, how, verdict, { tenant, positions, neutral }, told) {
    if (neutral !== undefined && verdict.status === 'valid')
      return this.#count(artefact, `no change of the log: ${neutral}`);
    // What only repeats may be refused all the same.
    if (neutral !== undefined) return this.#count(artefact, 'caught');
    if (verdict.status === 'valid') {
      this.#count(artefact, 'MISSED');
      return this.#problem(`${artefact}, ${how}: called valid`, told, verdict);
    }
    if (positions === undefined || verdict.report === undefined) return this.#count(artefact, 'caught');
    const named = verdict.tenants.get(String(tenant))?.position;
    if (named !== undefined && positions.includes(named))
      return this.#count(artefact, 'caught at its position');
    this.#count(artefact, 'WRONG POSITION');
    this.#problem(
      `${artefact}, ${how}: ${tenant} at ${named}, expected ${positions.join(' or ')}`,
      told,
      verdict,
    );
  }

  /**
   * What was done while a row was changed, and what the log says now that it is as it was.
   *
   * @type {(how: string, refusal: string, verdict: Verdict, judged: { readonly wrong: string | undefined, readonly listed: boolean }, told: string) => void}
   */
  moment(how, refusal, verdict, { wrong, listed }, told) {
    if (verdict.status !== 'valid') return this.#count('for a moment', 'caught');
    if (wrong === undefined)
      return this.#count('for a moment', `valid, and nothing false was done: ${refusal}`);
    if (listed) return this.#count('for a moment', 'leaves no trace, as the threat model says');
    this.#count('for a moment', 'MISSED');
    this.#problem(`${how}: ${refusal}, and ${wrong}, in a valid log`, told, verdict);
  }

  /** @type {(hows: string, verdict: Verdict, told: string) => void} */
  several(hows, verdict, told) {
    this.#count('several at once', verdict.status === 'valid' ? 'MISSED' : 'caught');
    if (verdict.status === 'valid') this.#problem(`${hows}: called valid`, told, verdict);
  }

  /** @type {(how: string, needs: string, status: string, noted: string, told: string) => void} */
  needs(how, needs, status, noted, told) {
    this.#needed.add(`${how}: a ${needs} noted elsewhere`);
    this.#count('collusion', `caught by a ${needs} noted elsewhere`);
    if (noted === 'valid') this.#problem(`${how}: valid even with a ${needs} noted elsewhere`, told);
    // Better than the threat model says is worth knowing as well: it, or this campaign, is wrong.
    if (status !== 'valid') this.#problem(`${how}: ${status} without anything noted`, told);
  }

  /** @type {(name: string, found: import('./lines.mjs').LineCase, verdict: Verdict, neutral: boolean, told: string) => void} */
  file(name, { how, position }, verdict, neutral, told) {
    if (neutral && verdict.status === 'valid')
      return this.#count(name, 'no change of the log: when the bundle was made');
    if (verdict.status === 'valid') {
      this.#count(name, 'MISSED');
      return this.#problem(`${name}, ${how}: called valid`, told, verdict);
    }
    const named = [...verdict.tenants.values()].find(({ status }) => status !== 'valid')?.position;
    // A line that is no line of a bundle ends the reading: what an entry further on accounted for is then missing.
    const isCut = verdict.report?.findings.some(({ code }) => code.startsWith('bundle_')) ?? true;
    if (isCut || position === undefined || typeof named !== 'number') return this.#count(name, 'caught');
    if (named === position) return this.#count(name, 'caught at its position');
    this.#problem(`${name}, ${how}: at ${named}, expected ${position}`, told, verdict);
  }

  /** @type {(name: string, found: import('./lines.mjs').LineCase, before: Proved, after: Proved, told: string) => void} */
  evidence(name, { how, lines }, before, after, told) {
    if (after.status !== 'valid') return this.#count(name, 'caught');
    if (
      after.proved === before.proved &&
      after.disclosed === before.disclosed &&
      isNobodysWord(before.lines, lines)
    )
      return this.#count(name, 'no change of the log: summary and time of evidence, reported as not checked');
    const showsLess = after.proved === before.proved && after.disclosed < before.disclosed;
    if (showsLess) return this.#count(name, 'no change of the log: discloses fewer values');
    this.#count(name, 'MISSED');
    this.#problem(`${name}, ${how}: called valid: ${after.proved.slice(0, 200)}`, told);
  }

  /** @type {(artefact: string, how: string, said: import('./published/stage.mjs').Said, wanted: PublishedWanted, told: string) => void} */
  published(artefact, how, { status, fault, summary }, { where, neutral }, told) {
    if (status === 'valid' && neutral !== undefined)
      return this.#count(artefact, `no change of the log: ${neutral}`);
    if (status === 'valid') {
      this.#count(artefact, 'MISSED');
      return this.#problem(`${artefact}, ${how}: called valid: ${summary}`, told);
    }
    if (where === undefined) return this.#count(artefact, 'caught');
    if (fault?.path === where.path && where.positions.includes(fault.position))
      return this.#count(artefact, 'caught at its position');
    this.#count(artefact, 'WRONG POSITION');
    const wanted = `${where.path} at ${where.positions.join(' or ')}`;
    this.#problem(`${artefact}, ${how}: ${fault?.path} at ${fault?.position}, expected ${wanted}`, told);
  }

  /** @type {(what: string, told: string, verdict?: Verdict) => void} */
  #problem(what, told, verdict) {
    const summaries = [...(verdict?.tenants.values() ?? [])]
      .filter(({ status }) => status !== 'valid')
      .map(({ tenant, summary }) => `${tenant}: ${summary}`);
    this.problems.push(
      [`${what}; ${told}`, verdict?.report?.summary, ...summaries].filter(Boolean).join(' | '),
    );
  }

  /** @type {(artefact: string, outcome: string) => void} */
  #count(artefact, outcome) {
    this.#counts[outcome] = (this.#counts[outcome] ?? 0) + 1;
    const of = (this.#artefacts[artefact] ??= {});
    of[outcome] = (of[outcome] ?? 0) + 1;
  }

  /** @returns {Result} */
  result() {
    return {
      counts: this.#counts,
      artefacts: this.#artefacts,
      needs: [...this.#needed].sort(),
      problems: this.problems,
    };
  }
}

/** Summary and time of evidence are for people (SPEC 15). @type {(before: readonly string[], after: readonly string[]) => boolean} */
function isNobodysWord(before, after) {
  return (
    before.length === after.length &&
    before.every((line, i) => {
      if (line === after[i]) return true;
      const time = (/** @type {unknown} */ text) => String(text).replace(/"time":"[^"]*"/, '');
      return (
        line.startsWith('{"summary":') || (line.startsWith('{"evidence":') && time(line) === time(after[i]))
      );
    })
  );
}

/** @typedef {{ readonly where?: import('./published/files.mjs').Where | undefined, readonly neutral?: string | undefined }} PublishedWanted */

/** @typedef {{ readonly status: string, readonly proved: string, readonly disclosed: number, readonly lines: readonly string[] }} Proved */
