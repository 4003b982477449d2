"""Make the checkout's `.venv` hold exactly what the program needs, for start.sh, test.sh and start.cmd.

Standard library only, since it runs before anything is installed. Safe to interrupt at any point: a stamp
in `.venv` says what is complete, a mark says that packages were being changed, and a run that finds the mark
starts afresh.

    prepare.py [--hub|--dev]           set up what is missing; exit 3 where the machine does not let it
    prepare.py --check [--hub|--dev]   exit 0 if nothing is missing; run by the environment's own Python
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALLERS = ROOT / "installers"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CHANGING = VENV / "zhikao-changing"
"""Stands while pip works: packages of an interrupted run look installed to pip and are not."""

REQUIREMENTS = {
    "runtime": ("requirements.txt",),
    # The association's server.
    "hub": ("requirements.txt", "requirements-hub.txt"),
    # What the tests need, the server among it.
    "dev": ("requirements.txt", "requirements-hub.txt", "requirements-dev.txt"),
}
"""The files of each kind of environment. The last one names all before it; a later kind holds the earlier ones."""
OLDEST = (3, 11)
ENVIRONMENT_EXIT = 3
INTERRUPTED_EXIT = 130


def main(arguments: list[str]) -> int:
    """Check or set up; the exit code."""
    kind = next((kind for kind in REQUIREMENTS if f"--{kind}" in arguments), "runtime")
    if "--check" in arguments:
        return 0 if is_ready(kind) else 1
    if sys.version_info[:2] < OLDEST:
        tell("需要 Python 3.11 或更新的版本。", "Python 3.11 or newer is needed.")
        return ENVIRONMENT_EXIT
    try:
        VENV.mkdir(exist_ok=True)
        with alone():
            if not is_ready(kind):
                set_up(kind)
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT
    except subprocess.CalledProcessError:
        tell(
            "软件包没有装成，原因见上面；请检查网络和磁盘空间后重试。",
            "The packages could not be installed, for the reason above. Check link and disk, then try again.",
        )
        return ENVIRONMENT_EXIT
    except OSError as problem:
        tell(f"无法写入 {VENV}：{problem.strerror}", f"{VENV} cannot be written: {problem.strerror}")
        return ENVIRONMENT_EXIT
    return 0


def is_ready(kind: str) -> bool:
    """Whether the environment holds the pinned packages of `kind` and the translations are compiled."""
    try:
        complete = stamp(kind).read_text("utf-8") == wanted(kind)
    except OSError:
        return False
    return complete and not CHANGING.exists() and not stale_translations()


def set_up(kind: str) -> None:
    """Bring environment, packages and translations to where `is_ready` says yes."""
    try:
        current = stamp(kind).read_text("utf-8") == wanted(kind) and not CHANGING.exists()
    except OSError:
        current = False
    if not current:
        if not is_sound():
            make_environment()
        install(kind)
    if stale_translations():
        compile_translations()


def is_sound() -> bool:
    """Whether the environment there is can be kept: whole, and of this Python's version."""
    if CHANGING.exists() or not PYTHON.exists():
        return False
    probe = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([str(PYTHON), "-I", "-c", probe], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == version()


def make_environment() -> None:
    """Make the environment anew; what an earlier or interrupted set-up left goes first."""
    tell("正在建立 Python 环境……", "Making the Python environment …")
    for left in VENV.iterdir():
        if left.name == lock().name:
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()
    CHANGING.touch()
    run(sys.executable, "-m", "venv", str(VENV))


def install(kind: str) -> None:
    """Install the pinned packages of `kind`, then say so in the stamps."""
    tell("正在安装软件包，第一次需要几分钟……", "Installing packages; the first time takes some minutes …")
    for old in REQUIREMENTS:
        stamp(old).unlink(missing_ok=True)
    CHANGING.touch()
    # A person's own pip settings may install elsewhere (user, target); certificates and mirrors are kept.
    settings = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    settings.pop("PIP_TARGET", None)
    settings.pop("PIP_PREFIX", None)
    listed = INSTALLERS / REQUIREMENTS[kind][-1]
    run(str(PYTHON), "-I", "-m", "pip", "install", "--quiet", "--requirement", str(listed), settings=settings)
    if hasattr(os, "sync"):
        # A stamp must not reach the disk before what it vouches for.
        os.sync()
    for done in [held for held in REQUIREMENTS if set(REQUIREMENTS[held]) <= set(REQUIREMENTS[kind])]:
        partial = stamp(done).with_suffix(".new")
        partial.write_text(wanted(done), "utf-8")
        partial.replace(stamp(done))
    CHANGING.unlink()


def stale_translations() -> bool:
    """Whether a translation's source is newer than what was compiled from it."""
    for source in (ROOT / "resources" / "translations").glob("*/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            return True
    return False


def compile_translations() -> None:
    """Compile the translations, for speed only: the program reads the sources where this is not possible."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); from core.words import compile_all; compile_all()"
    try:
        run(str(PYTHON), "-c", code, str(ROOT))
    except subprocess.CalledProcessError:
        tell("译文没有编译，不影响使用。", "The translations were not compiled; the program works without.")


def wanted(kind: str) -> str:
    """What the stamp of a complete environment says: its Python and its list of packages."""
    digest = hashlib.sha256()
    for name in REQUIREMENTS[kind]:
        digest.update((INSTALLERS / name).read_bytes())
    return f"{version()} {digest.hexdigest()}\n"


def version() -> str:
    """The version of the running Python that an environment is bound to."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def stamp(kind: str) -> Path:
    """The file that says what the environment holds."""
    return VENV / f"zhikao-{kind}.stamp"


def lock() -> Path:
    """The file that one set-up at a time holds."""
    return VENV / "zhikao.lock"


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other set-up of this checkout runs, and keep others waiting."""
    with lock().open("a+b") as held:
        if sys.platform == "win32":
            import msvcrt

            held.seek(0)
            # Waits ten seconds at a time, then says OSError: "try again".
            while True:
                try:
                    msvcrt.locking(held.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    continue
        else:
            import fcntl

            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tell("另一个安装正在进行，请稍候……", "Another set-up is under way; waiting …")
                fcntl.flock(held, fcntl.LOCK_EX)
        yield


def run(*command: str, settings: dict[str, str] | None = None) -> None:
    """Run a command whose words go to standard error: standard output belongs to the program's answer."""
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=settings)


def tell(chinese: str, english: str) -> None:
    """A line for the person who waits."""
    sys.stderr.write(f"{chinese} {english}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
