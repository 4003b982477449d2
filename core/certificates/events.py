"""What can happen to papers that carry a credential."""

from __future__ import annotations

from core.store import Event, EventPart, Id, event


@event("notice.issued")
class NoticeIssued(Event, frozen=True):
    """A provisional results notice 成绩告知单; its number is `N` and this entry's id. It is no certificate."""

    application: Id
    batch: Id

    class Part(EventPart, frozen=True):
        token: bytes
        """The signed credential, as its code carries it."""
        issued: str
        """ISO 8601."""
