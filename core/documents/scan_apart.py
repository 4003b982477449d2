"""Reading a stranger's PDF in a process of its own, with bounds of memory and time.

A few hundred bytes of PDF can ask for more memory than any machine has, and no call into the renderer comes back before
it has it. So what draws the pages is a process that may be lost.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from core.errors import Refused

MOST_MEMORY: Final = 1536 * 1024 * 1024
"""Bytes that the process may take beside the document. A page of A4 in colour at 600 dots takes a tenth."""
PAGE_SECONDS: Final = 30.0
"""So long a page may take; an ordinary one takes a fiftieth of a second."""
WHOLE_SECONDS: Final = 1_200.0
"""So long a document may take: otherwise one of 2,000 slow pages would keep a machine busy for a day."""
_ROOT: Final = Path(__file__).resolve().parents[2]
_START: Final = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from core.documents.scan_apart import serve; serve()"
_NO_WINDOW: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def pdf_codes_apart(data: bytes, progress: Callable[[int, int], None]) -> Iterator[list[str]]:
    """What `scan_pages.page_codes` finds; besides `documents.heavy_pdf` if it takes too much memory or time."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_NO_WINDOW,
    )
    assert process.stdin is not None and process.stdout is not None
    said: queue.Queue[bytes] = queue.Queue()
    listener = threading.Thread(target=_listen, args=(process.stdout, said), daemon=True)
    listener.start()
    end = time.monotonic() + WHOLE_SECONDS
    try:
        with suppress(OSError), process.stdin as stdin:
            stdin.write(data)
        while True:
            try:
                line = said.get(timeout=min(PAGE_SECONDS, max(end - time.monotonic(), 0)))
            except queue.Empty:
                raise _heavy() from None
            if not line:
                raise _heavy()  # it is gone and has not said that it was done
            match json.loads(line):
                case {"page": number, "pages": pages}:
                    progress(number, pages)
                case {"codes": codes}:
                    yield codes
                case {"refused": code, "values": values}:
                    raise Refused(code, **values)
                case _:
                    return
    finally:
        process.kill()
        process.wait()
        listener.join()
        process.stdout.close()


def _listen(stream: IO[bytes], said: queue.Queue[bytes]) -> None:
    for line in stream:
        said.put(line)
    said.put(b"")


def serve() -> None:
    """What the process does: a PDF on standard input, a line of JSON for each thing found on standard output."""
    data = sys.stdin.buffer.read()
    _bound(MOST_MEMORY + len(data))
    from core.documents.scan_pages import page_codes

    try:
        for codes in page_codes(data, lambda number, pages: _tell({"page": number, "pages": pages})):
            _tell({"codes": codes})
    except Refused as refused:
        _tell({"refused": refused.code, "values": refused.values})
    else:
        _tell({"done": True})


def _tell(found: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def _bound(most: int) -> None:
    """Let this process have no more memory than `most` bytes, where the system can say so."""
    if os.name == "nt":
        return
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _heavy() -> Refused:
    return Refused(
        "documents.heavy_pdf",
        seconds=int(PAGE_SECONDS),
        minutes=int(WHOLE_SECONDS) // 60,
        limit=MOST_MEMORY // 1024 // 1024,
    )
