// How Sphinx's search weighs what it finds: who asks in words wants a guide, and a guide that has them in a heading first.
// A page of the reference is found by its name.
var Scorer = {
  score: ([docName, , , , score, , kind]) => {
    if (!docName.startsWith("reference/")) return score + 20;
    return kind === "object" ? score : score - 5;
  },
  objNameMatch: 40,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 25,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
