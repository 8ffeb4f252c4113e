"""Many sentences at once: a text is asked only for those of which two words from their middle stand in it together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise


class Phrases:
    """Sentences that may stand in a text, by words from the middle of each: there they stand between two spaces."""

    def __init__(self, sentences: Iterable[str]) -> None:
        """`sentences` have one space between their words."""
        self._all = tuple(sentences)
        self._short: list[str] = []
        self._by_word: dict[str, list[str]] = {}
        self._by_pair: dict[tuple[str, str], list[tuple[frozenset[str], str]]] = {}
        for sentence in self._all:
            inner = sentence.split(" ")[1:-1]
            if len(inner) > 1:
                rarest = max(pairwise(inner), key=lambda pair: len(pair[0]) + len(pair[1]))
                self._by_pair.setdefault(rarest, []).append((frozenset(inner), sentence))
            elif inner:
                self._by_word.setdefault(inner[0], []).append(sentence)
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
        every = words.split(" ")
        there, pairs = set(every), set(pairwise(every))
        of_pairs = (each for pair in self._by_pair.keys() & pairs for each in self._by_pair[pair])
        of_words = (one for word in self._by_word.keys() & there for one in self._by_word[word])
        return (
            any(inner <= there and one in words for inner, one in of_pairs)
            or any(one in words for one in of_words)
            or any(one in words for one in self._short)
        )
