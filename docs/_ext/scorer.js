// How the search of the site ranks what it finds. People ask in whole sentences: so a page need not have every word, rare
// words count more than frequent ones, words of a heading more than words of the text, and a guide more than the reference
// and the changelog.
// A name of the package is found first when it is what was typed.
var Scorer = {
  score: ([docName, , , , score, , kind]) => {
    const reference = docName.startsWith("reference/") || docName === "changelog";
    if (kind === "object") return score;
    if (kind === "title") return score * (reference ? 1 : 2);
    return reference ? score * 0.4 : score;
  },
  objNameMatch: 500,
  objPartialMatch: 5,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 60,
  partialTitle: 60,
  term: 10,
  partialTerm: 5,
};

Search.performTermsSearch = (searchTerms, excludedTerms) => {
  const { terms, titleterms, docnames, filenames, titles } = Search._index;
  const filesOf = (index, term) => (Object.hasOwn(index, term) ? [index[term]].flat() : []);
  const like = (index, term) =>
    term.length < 4 ? [] : Object.keys(index).filter((each) => each.startsWith(term)).flatMap((each) => filesOf(index, each));
  const scores = new Map();
  const found = new Map();
  let weights = 0;
  searchTerms.forEach((term) => {
    let inText = filesOf(terms, term);
    if (!inText.length) inText = like(terms, term);
    let inTitle = filesOf(titleterms, term);
    if (!inTitle.length) inTitle = like(titleterms, term);
    const files = new Set([...inText, ...inTitle]);
    if (!files.size) return;
    const weight = Math.log(1 + docnames.length / files.size);
    const headings = new Set(inTitle);
    weights += weight;
    files.forEach((file) => {
      const worth = weight * (headings.has(file) ? Scorer.term * 2 : Scorer.term);
      scores.set(file, (scores.get(file) ?? 0) + worth);
      found.set(file, (found.get(file) ?? 0) + weight);
    });
  });
  excludedTerms.forEach((term) => filesOf(terms, term).forEach((file) => scores.delete(file)));
  return [...scores]
    .filter(([file]) => found.get(file) >= weights * 0.6)
    .map(([file, score]) => [docnames[file], titles[file], "", null, Math.round(score), filenames[file], "text"]);
};
