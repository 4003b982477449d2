"""Plans as files: what a centre keeps, copies to another, or edits by hand."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import EnvironmentFailure
from core.standards import plans
from core.standards.plan_writing import to_toml

LARGEST_PLAN = 4 << 20


def read_plan(path: Path) -> plans.Plan:
    """The checked plan in a file; what is wrong with it is refused in words."""
    try:
        if path.stat().st_size > LARGEST_PLAN:
            raise EnvironmentFailure("desk.file_too_large", file=path.name)
        content = path.read_bytes()
    except OSError as problem:
        raise EnvironmentFailure("desk.file_unreadable", file=path.name, problem=problem.strerror or "") from None
    return plans.load(content)


def write_plan(path: Path, plan: plans.Plan) -> None:
    """Write a plan's file: whole or not at all, under its name only once it is on the disk."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(to_toml(plan).encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as problem:
        fresh.unlink(missing_ok=True)
        raise EnvironmentFailure("plan_page.not_written", file=path.name, problem=problem.strerror or "") from None
