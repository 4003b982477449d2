"""Write the pins of `requirements.txt`, `-hub.txt` and `-dev.txt` from the environment this runs in.

For maintainers, after a range in `pyproject.toml` has changed: bring the environment up to date, run the
tests, then `.venv/bin/python installers/pins.py`. Every package that the program needs, directly or not,
stands in the files with the one version that was tested.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).resolve().parent
HEAD = "# Written by installers/pins.py: what was tested, within the ranges of pyproject.toml.\n"


def closure(requirements: Iterable[str]) -> dict[str, str]:
    """Every package that `requirements` lead to, by name: its pin, with the markers under which it is needed.

    Packages that only another system needs are not installed here and so not pinned; pip resolves them there.
    """
    versions: dict[str, str] = {}
    roads: dict[str, set[frozenset[str]]] = {}
    waiting = [(Requirement(text), frozenset[str]()) for text in requirements]
    while waiting:
        requirement, conditions = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker:
            if not requirement.marker.evaluate({"extra": ""}):
                continue
            conditions |= {str(requirement.marker)}
        if any(road <= conditions for road in roads.setdefault(name, set())):
            continue
        roads[name].add(conditions)
        found = distribution(name)
        versions[name] = found.version
        waiting += [(Requirement(text), conditions) for text in found.requires or ()]
    return {name: f"{name}=={version}{_marker(roads[name])}" for name, version in versions.items()}


def _marker(roads: set[frozenset[str]]) -> str:
    """What a pin says of when it counts: always if one road to the package is open always."""
    if frozenset() in roads:
        return ""
    shortest = [road for road in roads if not any(other < road for other in roads)]
    texts = sorted(" and ".join(sorted(road)) for road in shortest)
    return " ; " + (texts[0] if len(texts) == 1 else " or ".join(f"({text})" for text in texts))


def main() -> None:
    """Write the three files beside this one, each what the one before lacks."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    # The tests start the server too.
    wanted = {
        "requirements.txt": project["dependencies"],
        "requirements-hub.txt": extras["hub"],
        "requirements-dev.txt": extras["dev"],
    }
    known: dict[str, str] = {}
    before = ""
    for name, requirements in wanted.items():
        pins = {package: pin for package, pin in closure(requirements).items() if package not in known}
        (HERE / name).write_text(HEAD + before + _lines(pins), "utf-8", newline="\n")
        known |= pins
        before = f"-r {name}\n"


def _lines(pins: dict[str, str]) -> str:
    return "".join(f"{pins[name]}\n" for name in sorted(pins))


if __name__ == "__main__":
    main()
