"""Changes for programs. `schema_version` goes up when a key goes or changes its meaning."""

from __future__ import annotations

import json
from typing import Any

from runbooks.changes.notes import TOPICS, Note, hushed
from runbooks.changes.whole import Changes
from runbooks.findings import Finding

VERSION = 1


def as_json(changes: Changes) -> str:
    """The changes as one JSON document."""
    counts = {topic: sum(one.topic == topic for one in changes.notes) for topic in TOPICS}
    whole = {
        "schema_version": VERSION,
        "revision": changes.revision,
        "commit": changes.commit,
        "as_of": changes.as_of.isoformat(),
        "summary": {
            "changes": len(changes.notes),
            "clients": len({one.slug for note in changes.notes for one in note.clients}),
            "topics": {topic: number for topic, number in counts.items() if number},
        },
        "coverage": {"before": changes.percent[0], "after": changes.percent[1]},
        "changes": [_note(one) for one in changes.notes],
        "findings": {
            "new": [_finding(one) for one in changes.fresh],
            "gone": [_finding(one) for one in changes.gone],
        },
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _note(one: Note) -> dict[str, Any]:
    return {
        "topic": one.topic,
        "kind": one.kind,
        "clients": [{"slug": client.slug, "name": client.name} for client in one.clients],
        "file": one.file or None,
        "from": one.since.isoformat() if one.since else None,
        "before": one.before or None,
        "after": one.after or None,
        "text": one.words,
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "severity": str(one.severity),
        "blocks": str(one.blocks),
        "client": one.client or None,
        "file": one.place.file,
        "line": one.place.line,
        "message": hushed(one.message),
        "fingerprint": one.fingerprint,
    }
