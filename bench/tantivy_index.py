"""Bare tantivy, the limit that search is measured against: https://github.com/quickwit-oss/tantivy."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import tantivy

from bench.made_archive import MadeArchive
from transcripts.search.clauses import Clause, Kind
from transcripts.search.query import parse
from transcripts.search.terms import words

MEMORY = 256 * 2**20  # bytes that its writer may take
BESIDE = (
    *("rare word", "middling word", "small word", "two words", "two small words", "two letters"),
    *("four letters", "phrase", "phrase of small words", "without", "one or another"),
)  # kinds of queries that it is asked


class TantivyIndex:
    """An index of folded words, a document for each cue, with its session."""

    kinds = BESIDE

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tantivy"
        self.folder.mkdir(exist_ok=True)

    def __enter__(self) -> "TantivyIndex":
        build = tantivy.SchemaBuilder()
        build.add_integer_field("session", stored=True, indexed=True, fast=True)
        build.add_text_field("said", stored=True, tokenizer_name="whitespace")
        self.schema = build.build()
        self.index = tantivy.Index(self.schema, path=str(self.folder))
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def load(self, archive: MadeArchive, cues: int) -> dict[str, float]:
        writer, took = self.index.writer(MEMORY), 0.0
        for document, passages in archive.sessions(cues):
            started = time.perf_counter()
            for passage in passages:
                one = tantivy.Document()
                one.add_integer("session", document.session_id)
                one.add_text("said", " ".join(words(passage.text)))
                writer.add_document(one)
            took += time.perf_counter() - started
        started = time.perf_counter()
        writer.commit()
        writer.wait_merging_threads()
        took += time.perf_counter() - started
        return {"cues_per_s": round(cues / took)}

    def holds(self, cues: int) -> bool:
        """Whether so many are loaded already."""
        self.index.reload()
        return self.index.searcher().num_docs >= cues

    def size(self) -> int:
        """Bytes on the disk."""
        return sum(path.stat().st_size for path in self.folder.iterdir())

    def asker(self) -> Callable[[str], object]:
        self.index.reload()
        searcher = self.index.searcher()

        def ask(query: str) -> object:
            found = searcher.search(self._query(query), limit=10, count=True)
            return found.count, [searcher.doc(address) for _, address in found.hits]

        return ask

    def _query(self, typed: str) -> tantivy.Query:
        asked = parse(typed)
        parts = [(tantivy.Occur.Must, self._clause(clause)) for clause in asked.wanted]
        parts += [(tantivy.Occur.MustNot, self._clause(clause)) for clause in asked.unwanted]
        return tantivy.Query.boolean_query(parts)

    def _clause(self, clause: Clause) -> tantivy.Query:
        if clause.kind is Kind.EITHER:
            parts = [(tantivy.Occur.Should, self._clause(part)) for part in clause.parts]
            return tantivy.Query.boolean_query(parts)
        if clause.kind is Kind.PREFIX:
            letters = re.escape(clause.words[0])
            return tantivy.Query.regex_query(self.schema, "said", f"{letters}.*")
        if clause.kind is Kind.PHRASE:
            return tantivy.Query.phrase_query(self.schema, "said", list(clause.words))
        return tantivy.Query.term_query(self.schema, "said", clause.words[0])
