"""Databases for the hub's tests: SQLite, and a PostgreSQL cluster of the run's own where one is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.certificates.issuers import take_in_hub_file
from core.store import keys
from tests.hub.association import Association
from tests.hub.cluster import cluster, fresh_database, programs
from tests.rooms import Centre


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its cheapest: what it costs is not what is tested."""
    monkeypatch.setattr(keys, "KDF_MEMORY_KIB", 8)
    monkeypatch.setattr(keys, "KDF_PASSES", 1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """The socket folder of a cluster that is made for this run and gone after it. Its superuser is `hub`."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with cluster("fsync=off") as folder:
        yield folder


@pytest.fixture
def postgresql_url(postgresql: Path) -> str:
    """A fresh, empty database of the run's cluster."""
    return fresh_database(postgresql)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'hub.db'}"


@pytest.fixture
def association(tmp_path: Path) -> Association:
    return Association(tmp_path).found()


@pytest.fixture
def enrolled(association: Association, centre: Centre) -> Association:
    """An association that has enrolled, authorised and given serials to the centre, which has taken all of it in."""
    association.enrol(centre)
    association.authorise()
    association.lease(centre.store.device)
    take_in_hub_file(centre.store, association.file("lease.seg").read_bytes())
    return association
