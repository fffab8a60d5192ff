/** Joins the parts of the front page and the search page. */
import { SearchBox } from "./search-box.js";
import { Suggestions } from "./suggestions.js";

for (const form of document.querySelectorAll("[data-search-box]")) {
  new SearchBox(form);
  if (form.dataset.suggestions) new Suggestions(form);
}
