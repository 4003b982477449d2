"""The store key: random, kept by the OS keyring or wrapped by a passphrase, always wrapped by the recovery code.

`keys.json` holds only wrapped keys. There is never a plaintext fallback: without a safe keyring it takes a passphrase.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.errors import EnvironmentFailure, IntegrityFailure, Refused
from core.store.files import write_whole

KEYS_FILE = "keys.json"
STORE_FILE = "store.db"
KEY_BYTES = 32
NONCE_BYTES = 12
RECOVERY_BYTES = 20
"""160 random bits: 8 groups of 4 characters."""

KDF_MEMORY_KIB = 64 * 1024
KDF_PASSES = 3
KDF_LANES = 1
"""With more, two threads that derive at once hang for ever (OpenSSL's thread pool); one is as strong a secret."""
KDF_MOST = 1 << 22
"""Largest product of memory (KiB) and passes that is worked out for a file that asks for it."""

_SERVICE = "zhikao"
_SAFE_KEYRINGS = (
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Keyrings that the operating system protects. Everything else (plaintext files, none) is not safe."""


class Wrapped(msgspec.Struct, frozen=True):
    """A secret under a key that Argon2id makes from words a person knows."""

    salt: bytes
    memory_kib: int
    passes: int
    lanes: int
    nonce: bytes
    ciphertext: bytes


class Keys(msgspec.Struct, frozen=True):
    """The content of `keys.json`."""

    format: int
    store: str
    """Random name of this store in the keyring."""
    centre: str
    recovery: Wrapped
    passphrase: Wrapped | None = None


def wrap(secret: bytes, words: str, purpose: bytes, memory_kib: int | None = None) -> Wrapped:
    """Put `secret` under `words`. About 0.2 s and 64 MB by intention: guessing costs that each time.

    `memory_kib` is for words that are no secret, as in a demonstration: guessing them may be cheap.
    """
    salt, nonce = os.urandom(16), os.urandom(NONCE_BYTES)
    memory_kib = memory_kib or KDF_MEMORY_KIB
    key = _derive(words, salt, memory_kib, KDF_PASSES, KDF_LANES)
    return Wrapped(salt, memory_kib, KDF_PASSES, KDF_LANES, nonce, AESGCM(key).encrypt(nonce, secret, purpose))


def unwrap(wrapped: Wrapped, words: str, purpose: bytes) -> bytes | None:
    """The secret, or None where the words are not right. Costs that nobody of ours set: exit 4, and not paid."""
    if not (8 <= wrapped.memory_kib <= KDF_MOST and 1 <= wrapped.passes <= KDF_MOST and 1 <= wrapped.lanes <= 64):
        raise IntegrityFailure("store.keys_damaged")
    if len(wrapped.salt) < 8 or len(wrapped.nonce) != NONCE_BYTES or wrapped.memory_kib * wrapped.passes > KDF_MOST:
        raise IntegrityFailure("store.keys_damaged")
    key = _derive(words, wrapped.salt, wrapped.memory_kib, wrapped.passes, wrapped.lanes)
    try:
        return AESGCM(key).decrypt(wrapped.nonce, wrapped.ciphertext, purpose)
    except InvalidTag:
        return None


def _derive(words: str, salt: bytes, memory_kib: int, passes: int, lanes: int) -> bytes:
    kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=passes, lanes=lanes, memory_cost=memory_kib)
    # Where the system's language is not set up, what was typed comes as escaped bytes: they are meant.
    return kdf.derive(words.encode("utf-8", "surrogateescape"))


def new_recovery_code() -> str:
    """A fresh recovery code as people read it: `ABCD-EFGH-…`, 8 groups of base32."""
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def normal_code(code: str) -> str:
    """A recovery code as typed, without what people add or mistake: case, spaces, dashes, 0 for O, 1 for I, 8 for B."""
    kept = "".join(character for character in code.upper() if character.isalnum())
    return kept.translate(str.maketrans("018", "OIB"))


_STORE, _PASSPHRASE = b"zhikao-store-recovery", b"zhikao-store-passphrase"


def make_keys(home: Path, centre: str, store_key: bytes, recovery_code: str, passphrase: str | None) -> Keys:
    """Write `keys.json` for a new store; without a passphrase the OS keyring gets the key.

    No passphrase and no safe keyring: refused, and nothing is written.
    """
    name = secrets.token_hex(8)
    keys = Keys(
        format=1,
        store=name,
        centre=centre,
        recovery=wrap(store_key, normal_code(recovery_code), _STORE),
        passphrase=wrap(store_key, passphrase, _PASSPHRASE) if passphrase else None,
    )
    if not passphrase:
        keep_in_keyring(name, store_key)
    save_keys(home, keys)
    return keys


def save_keys(home: Path, keys: Keys) -> None:
    """Write `keys.json` whole or not at all."""
    write_whole(home / KEYS_FILE, msgspec.json.format(msgspec.json.encode(keys), indent=1))


def load_keys(home: Path) -> Keys:
    """Read `keys.json`. No store there: exit 3; a store without its keys, or damaged ones: exit 4; newer: exit 1."""
    try:
        data = (home / KEYS_FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if (home / STORE_FILE).exists():
            raise IntegrityFailure("store.keys_missing", home=str(home)) from None
        raise EnvironmentFailure("store.no_store", home=str(home)) from None
    except OSError as problem:
        raise EnvironmentFailure("store.cannot_open") from problem
    try:
        keys = msgspec.json.decode(data, type=Keys)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise IntegrityFailure("store.keys_damaged") from None
    if keys.format != 1:
        raise Refused("store.newer_than_program")
    return keys


def rewrap(store_key: bytes, recovery_code: str | None, passphrase: str | None) -> Callable[[Keys], Keys]:
    """What makes of a store's keys those that such words open; words that are None stay as they are.

    An old recovery code opens nothing here then, but old backups; what the keyring keeps goes on opening the store.
    """
    changed: dict[str, Wrapped] = {}
    if recovery_code is not None:
        changed["recovery"] = wrap(store_key, normal_code(recovery_code), _STORE)
    if passphrase is not None:
        changed["passphrase"] = wrap(store_key, passphrase, _PASSPHRASE)
    return lambda keys: msgspec.structs.replace(keys, **changed)


def unlock(keys: Keys, passphrase: str | None) -> bytes:
    """The store key. A passphrase, when given, wins over the keyring; a wrong one is refused."""
    if passphrase:
        if keys.passphrase is None:
            raise Refused("store.no_passphrase_set")
        found = unwrap(keys.passphrase, passphrase, _PASSPHRASE)
        if found is None:
            raise Refused("store.wrong_passphrase")
        return found
    kept = from_keyring(keys.store)
    if kept is None:
        raise Refused("store.needs_passphrase")
    return kept


def unlock_by_recovery(recovery: Wrapped, code: str) -> bytes:
    """The store key by the recovery code; a wrong one is refused."""
    found = unwrap(recovery, normal_code(code), _STORE)
    if found is None:
        raise Refused("store.wrong_recovery_code")
    return found


def keyring_is_safe() -> bool:
    """Whether the operating system offers a keyring that it protects."""
    try:
        import keyring

        return type(keyring.get_keyring()).__module__.startswith(_SAFE_KEYRINGS) or _chained_safe()
    except Exception:  # any keyring failure means: not safe
        return False


def _chained_safe() -> bool:
    import keyring
    from keyring.backends import chainer

    found = keyring.get_keyring()
    return isinstance(found, chainer.ChainerBackend) and any(
        type(one).__module__.startswith(_SAFE_KEYRINGS) for one in found.backends[:1]
    )


def keep_in_keyring(name: str, store_key: bytes) -> None:
    """Give the store key to the OS keyring and read it back. None that is safe: refused, use a passphrase."""
    if not keyring_is_safe():
        raise Refused("store.no_safe_keyring")
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, name, store_key.hex())
        kept = keyring.get_password(_SERVICE, name)
    except KeyringError:
        raise Refused("store.no_safe_keyring") from None
    if kept != store_key.hex():
        raise Refused("store.no_safe_keyring")


def from_keyring(name: str) -> bytes | None:
    """The store key that the OS keyring keeps, or None."""
    if not keyring_is_safe():
        return None
    import keyring
    from keyring.errors import KeyringError

    try:
        kept = keyring.get_password(_SERVICE, name)
    except KeyringError:
        return None
    return bytes.fromhex(kept) if kept else None
