"""Long work, told while it goes on: which step it is at, how much of that is done, and how long each took."""

from __future__ import annotations

import time


class Progress:
    """Whoever works says here where it is. This one tells nobody, and keeps the times."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, float]] = []
        self._begun = time.perf_counter()

    def step(self, words: str) -> None:
        """A step begins, and the one before it has ended."""
        self._steps.append((words, time.perf_counter()))

    def at(self, done: int, whole: int) -> None:
        """So many of the pages of this step are done."""

    def was(self, words: str) -> None:
        """All that was done since the beginning was this one step, of which nobody was told."""
        self._steps.append((words, self._begun))

    def end(self) -> None:
        """All is done."""
        self._steps.append(("", time.perf_counter()))

    def close(self) -> None:
        """Nothing more is told, whether all was done or not."""

    @property
    def times(self) -> tuple[tuple[str, float], ...]:
        """Each step that has ended, and how long it took, in seconds."""
        later = self._steps[1:]
        return tuple((words, after - begun) for (words, begun), (_, after) in zip(self._steps, later, strict=False))
