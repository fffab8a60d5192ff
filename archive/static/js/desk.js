/** The desk: recordings that are worked on show how far they are, without a reload. */
import { Works } from "./works.js";

for (const root of document.querySelectorAll("[data-works]")) new Works(root);
