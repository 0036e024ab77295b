// The search shows a piece of each page that it finds, and fetches the page for that. Pages in a folder can't be fetched.
DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== "file:";
