"""What the store's tests share: quick key wrapping, and a centre with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import Store, keys
from tests.store import room


@pytest.fixture(autouse=True, scope="session")
def quick_keys() -> Iterator[None]:
    """Argon2id at its cheapest: what it costs is not what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "KDF_MEMORY_KIB", 8)
        patch.setattr(keys, "KDF_PASSES", 1)
        patch.setattr(keys, "KDF_LANES", 1)
        yield


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A centre that was just founded."""
    with room.found(tmp_path / "home") as made:
        yield made
