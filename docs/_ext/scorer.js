// How the search of the site ranks what it finds. People ask in whole sentences: so a page need not have every word, rare
// words count more than frequent ones, words of a heading more than words of the text, those of a page's own title most,
// and a guide more than the reference, the changelog and the glossary. What looks like a name finds its page in the reference first.
var Scorer = {
  score: ([docName, , , , score, , kind]) => {
    const typed = new URLSearchParams(location.search).get("q") ?? "";
    const reference = docName.startsWith("reference/") || ["changelog", "glossary"].includes(docName);
    if (kind === "object") return /[A-Z_.]/.test(typed) ? score : score / 20;
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
  const stemmer = new Stemmer();
  const own = titles.map((title) => new Set(splitQuery(title.toLowerCase()).map((word) => stemmer.stemWord(word))));
  const exact = (index, term) => (Object.hasOwn(index, term) ? [index[term]].flat() : []);
  const begun = (index, term) => Object.keys(index).filter((each) => each.startsWith(term)).flatMap((each) => exact(index, each));
  const having = (index, term) => {
    const files = exact(index, term);
    return files.length || term.length < 4 ? files : begun(index, term);
  };
  const scores = new Map();
  const found = new Map();
  searchTerms.forEach((term) => {
    const headings = new Set(having(titleterms, term));
    const files = new Set([...having(terms, term), ...headings]);
    const weight = Scorer.term * Math.log(1 + docnames.length / files.size);
    files.forEach((file) => {
      const times = own[file].has(term) ? 3 : headings.has(file) ? 2 : 1;
      scores.set(file, (scores.get(file) ?? 0) + weight * times);
      found.set(file, (found.get(file) ?? 0) + 1);
    });
  });
  excludedTerms.forEach((term) => exact(terms, term).forEach((file) => scores.delete(file)));
  return [...scores]
    .filter(([file]) => found.get(file) >= searchTerms.size / 2)
    .map(([file, score]) => [docnames[file], titles[file], "", null, Math.round(score), filenames[file], "text"]);
};
