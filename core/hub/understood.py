"""What the hub understands of centres' entries, as tables. Worked out of the journal, so they can be made again.

Scores and whatever describes a person stay in the parts: nothing of them is copied here.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table

from core.hub.tables import METADATA, centre_column, number_column, text_column

progress = Table("progress", METADATA, centre_column(), number_column("arrival"), number_column("branches"))
"""Up to which arrival a centre's entries are understood, and how many of its branches."""

late = Table("late", METADATA, centre_column(), number_column("device", key=True), number_column("seq", key=True))
"""Entries whose part has come since they were understood."""

batches = Table(
    "batches",
    METADATA,
    centre_column(),
    number_column("id", key=True),
    text_column("no"),
    text_column("standard"),
    text_column("level"),
    text_column("day"),
)
applications = Table(
    "applications",
    METADATA,
    centre_column(),
    number_column("id", key=True),
    number_column("batch"),
    number_column("at"),
    text_column("decision"),
    Column("withdrawn", Boolean, nullable=False),
)
"""`decision` is "" before the qualification review, then accepted, refused or more."""

results = Table(
    "results",
    METADATA,
    centre_column(),
    number_column("application", key=True),
    number_column("batch"),
    number_column("at"),
    Column("stands", Boolean, nullable=False),
)
"""Settled results; one that was reopened does not stand."""

confirmations = Table(
    "confirmations",
    METADATA,
    centre_column(),
    number_column("id", key=True),
    number_column("batch"),
    Column("digest", LargeBinary, nullable=False),
    number_column("at"),
)
certificates = Table(
    "certificates",
    METADATA,
    centre_column(),
    number_column("id", key=True),
    text_column("branch", key=True),
    text_column("number"),
    number_column("application"),
    number_column("batch"),
    number_column("lease"),
    number_column("serial"),
    number_column("place"),
    number_column("at"),
    Column("voided", Boolean, nullable=False),
    Column("signer", LargeBinary),
    Index("certificates_by_number", "centre", "number"),
)
"""Certificates that a centre says it issued; `branch` is the digest of the branch of a forked device that says so, or
"". `signer` is the issuer key that signed it, empty for a signature of none of the centre's keys, None while its part
has not come."""

EVERY_TABLE: Final = METADATA
"""Those of `core.hub.tables` too."""

UNDERSTOOD: Final = (batches, applications, results, confirmations, certificates)
"""All of them but `progress`, whose row is the lock under which a centre is understood."""
