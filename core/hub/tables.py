"""The hub's own tables. Every key begins with the centre, so that they can be spread over partitions unchanged.

`journal`, `parts` and `seals` are the truth: chains of centres' devices, and the hub's own as device 0. What the hub
understands of them stands in `core.hub.understood`; `PROJECTED` is worked out from its own chains.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, String, Table

METADATA = MetaData()

EVERYWHERE = ""
"""The centre of what belongs to none: counters of the whole hub."""


def centre_column() -> Column[str]:
    return Column("centre", String(6), primary_key=True)


def number_column(name: str, *, key: bool = False, empty: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=empty, autoincrement=False)


def data_column(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def text_column(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, String, primary_key=key, nullable=False)


journal = Table(
    "journal",
    METADATA,
    centre_column(),
    number_column("device", key=True),
    number_column("seq", key=True),
    data_column("body"),
    data_column("hash"),
    number_column("arrival", empty=True),
    Index("journal_by_arrival", "centre", "arrival"),
)
"""`arrival` counts a centre's entries in the order in which the hub stored them; its own have none."""
parts = Table(
    "parts",
    METADATA,
    centre_column(),
    number_column("device", key=True),
    number_column("seq", key=True),
    data_column("bytes"),
)
"""Parts as `HubKeys.seal_part` writes them."""
seals = Table(
    "seals",
    METADATA,
    centre_column(),
    number_column("device", key=True),
    number_column("seq", key=True),
    data_column("signature"),
)

heads = Table(
    "heads",
    METADATA,
    centre_column(),
    number_column("device", key=True),
    number_column("seq"),
    data_column("hash"),
    number_column("last_at"),
)
"""Where each chain stands. The row of device 0 is the lock under which the hub speaks to a centre."""

counters = Table("counters", METADATA, centre_column(), text_column("name", key=True), number_column("value"))
"""Numbers that are given out once."""

facts = Table("facts", METADATA, centre_column(), text_column("name", key=True), data_column("value"))
"""What the hub knows of itself, by name: the key that this database belongs to, what it publishes to whom."""
PACK = "pack."
"""What facts that are packs begin with; the standard's id follows. Those of a centre are for it alone."""

vouched = Table(
    "vouched",
    METADATA,
    centre_column(),
    number_column("device", key=True),
    data_column("key"),
    Column("authority", Boolean, nullable=False),
)
"""Devices that an enrolled one has admitted: terminals, whose chains it relays."""

vouchers = Table("vouchers", METADATA, centre_column(), number_column("device", key=True), number_column("by"))
"""Which device admitted each of them."""

frozen = Table(
    "frozen", METADATA, centre_column(), number_column("device", key=True), number_column("seq"), number_column("at")
)
"""Devices with a fork: nothing more is added to their chains. `seq` is the first entry of which there are two."""

branches = Table(
    "branches",
    METADATA,
    centre_column(),
    number_column("device", key=True),
    text_column("digest", key=True),
    number_column("first"),
    number_column("last"),
    number_column("at"),
    data_column("segment"),
)
"""Segments that don't go on from what is held, as they came, encrypted as parts are."""

erased = Table("erased", METADATA, centre_column(), number_column("device", key=True), number_column("seq", key=True))
"""Parts that two people at the centre had deleted; should they come again, they are not kept."""

blobs = Table(
    "blobs",
    METADATA,
    centre_column(),
    text_column("name", key=True),
    number_column("size"),
    number_column("held"),
    Column("whole", Boolean, nullable=False),
)
pieces = Table(
    "pieces",
    METADATA,
    centre_column(),
    text_column("name", key=True),
    number_column("first", key=True),
    data_column("bytes"),
)
"""A blob's ciphertext, in the pieces in which it came."""

named = Table(
    "named",
    METADATA,
    centre_column(),
    text_column("name", key=True),
    number_column("device", key=True),
    number_column("seq", key=True),
)
"""The blobs that held parts name: only these are taken."""

codes = Table(
    "codes",
    METADATA,
    centre_column(),
    number_column("number", key=True),
    data_column("secret"),
    text_column("name"),
    number_column("made_at"),
    number_column("until"),
    number_column("used_at", empty=True),
    Column("request", LargeBinary),
)
"""One-time codes; the secret is encrypted as parts are. `request` is what a used one was used for."""

wrong_codes = Table("wrong_codes", METADATA, centre_column(), number_column("tries"), number_column("locked_until"))

heard = Table(
    "heard",
    METADATA,
    centre_column(),
    number_column("device", key=True),
    number_column("at"),
    text_column("program"),
    number_column("hub_seq"),
)
"""When each device last greeted, and how much of the hub's chain it said that it had."""

incidents = Table(
    "incidents",
    METADATA,
    centre_column(),
    text_column("kind", key=True),
    number_column("device", key=True),
    number_column("seq", key=True),
    number_column("at"),
    number_column("settled_at", empty=True),
)
"""What went wrong on the way, for people to see: see `core.hub.incidents`."""

devices = Table(
    "devices",
    METADATA,
    centre_column(),
    number_column("device", key=True),
    data_column("key"),
    Column("issuer_key", LargeBinary),
    text_column("name"),
    number_column("accepted", empty=True),
    number_column("accepted_at", empty=True),
    number_column("withdrawn_at", empty=True),
    Column("request", LargeBinary),
)
"""Devices of a centre: `accepted` is the entry that enrolled it. One without it is but a predecessor."""

successions = Table(
    "successions",
    METADATA,
    centre_column(),
    number_column("device", key=True),
    number_column("by", key=True),
    number_column("seq"),
    data_column("head"),
)
"""What the device `by` says: it goes on from entry `seq` of `device`, whose hash is `head`."""

authorisations = Table(
    "authorisations",
    METADATA,
    centre_column(),
    number_column("seq", key=True),
    text_column("standard"),
    text_column("levels"),
    text_column("first_day"),
    text_column("until"),
    data_column("issuer_key"),
    text_column("centre_number"),
    text_column("pattern"),
    number_column("withdrawn_at", empty=True),
)
decisions = Table(
    "decisions",
    METADATA,
    centre_column(),
    number_column("seq", key=True),
    text_column("batch"),
    data_column("results"),
    Column("approved", Boolean, nullable=False),
    number_column("at"),
)
leases = Table(
    "leases",
    METADATA,
    centre_column(),
    number_column("seq", key=True),
    number_column("device"),
    data_column("device_key"),
    number_column("year"),
    number_column("first"),
    number_column("last"),
    number_column("first_index"),
)
revocations = Table(
    "revocations",
    METADATA,
    centre_column(),
    text_column("number", key=True),
    number_column("seq"),
    number_column("place"),
    number_column("at"),
)
PROJECTED = (devices, authorisations, decisions, leases, revocations)
"""What is worked out from the hub's own chains."""
