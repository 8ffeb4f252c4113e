"""Many sentences at once: a text is asked only for those of which a word from their middle stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Phrases:
    """Sentences that may stand in a text, by a word from the middle of each: there it stands between two spaces."""

    def __init__(self, sentences: Iterable[str]) -> None:
        """`sentences` have one space between their words."""
        self._all = tuple(sentences)
        self._short: list[str] = []
        self._by_word: dict[str, list[tuple[frozenset[str], str]]] = {}
        for sentence in self._all:
            inner = sentence.split(" ")[1:-1]
            if inner:
                self._by_word.setdefault(max(inner, key=len), []).append((frozenset(inner), sentence))
            else:
                self._short.append(sentence)

    def __iter__(self) -> Iterator[str]:
        """All of them."""
        return iter(self._all)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._all)

    def stand_in(self, words: str) -> bool:
        """Whether one of them is part of a text with one space between its words."""
        there = set(words.split(" "))
        likely = (each for word in self._by_word.keys() & there for each in self._by_word[word])
        return any(inner <= there and one in words for inner, one in likely) or any(one in words for one in self._short)
