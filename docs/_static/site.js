// The search shows a piece of each page that it finds, and fetches the page for that. Pages in a folder can't be fetched.
DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== "file:";

// What the theme leaves out for those who use a keyboard or a screen reader: blocks that are wider than their page can be
// scrolled, and the headings of the navigation have a level.
const makeReachable = () => {
  document.querySelectorAll(".highlight pre, .table-wrapper").forEach((each) => {
    if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
    else each.removeAttribute("tabindex");
  });
  document.querySelectorAll("[role=heading]:not([aria-level])").forEach((each) => each.setAttribute("aria-level", "2"));
};
document.addEventListener("DOMContentLoaded", makeReachable);
window.addEventListener("load", makeReachable);
window.addEventListener("resize", makeReachable);
