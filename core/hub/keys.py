"""The hub's own keys. They stand in its home, wrapped by a passphrase, and never in its database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import EnvironmentFailure, IntegrityFailure, Refused
from core.store import Wrapped, files, new_recovery_code, unwrap, wrap
from core.store.keys import KEYS_FILE, STORE_FILE, normal_code

HUB_FILE: Final = "hub.json"
LONGEST_NAME: Final = 60
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"zhikao-hub-keys1"
_RECOVERY: Final = b"zhikao-hub-recovery1"


class _Public(msgspec.Struct, frozen=True):
    """The content of `hub.json`: public halves for who looks, the secrets wrapped."""

    format: int
    name: str
    key: str
    courier_key: str
    secrets: Wrapped
    """Under the passphrase."""
    recovery: Wrapped | None = None
    """The same under the recovery code; None in a hub of before there was one."""


@dataclass(frozen=True)
class HubKeys:
    """The association's name and its keys: to sign with, for bundles by courier, for parts at rest."""

    name: str
    signing: Ed25519PrivateKey
    courier: X25519PrivateKey
    data: bytes

    @property
    def public(self) -> bytes:
        """The raw public key that every centre pins."""
        return self.signing.public_key().public_bytes_raw()

    @property
    def courier_public(self) -> bytes:
        """The raw X25519 key that bundles are encrypted to."""
        return self.courier.public_key().public_bytes_raw()

    def seal_part(self, data: bytes, place: bytes) -> bytes:
        """A part as the database holds it: AES-256-GCM, bound to its place (centre, device, seq)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.data).encrypt(nonce, data, place)

    def open_part(self, data: bytes, place: bytes) -> bytes:
        """A part that the database held. Changed, or of another place: exit 4."""
        try:
            return AESGCM(self.data).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], place)
        except (InvalidTag, ValueError):
            raise IntegrityFailure("hub.part_damaged") from None


def make_keys(home: Path, name: str, passphrase: str, recovery_code: str | None = None) -> HubKeys:
    """Write the keys of a new hub into its home. One that is in use, by a centre too: refused."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or any(ord(character) < 32 for character in name):
        raise Refused("hub.bad_name", longest=LONGEST_NAME)
    if not passphrase:
        raise Refused("hub.no_passphrase")
    refuse_in_use(home)
    keys = HubKeys(name, Ed25519PrivateKey.generate(), X25519PrivateKey.generate(), os.urandom(_KEY_BYTES))
    content = _wrapped(keys, passphrase, recovery_code)
    take_home(home)
    try:
        files.write_whole(home / HUB_FILE, content)
    except BaseException:
        (home / HUB_FILE).unlink(missing_ok=True)
        raise
    return keys


def refuse_in_use(home: Path) -> None:
    """Refuse a folder that has a hub or a centre."""
    if any((home / taken).exists() for taken in (HUB_FILE, KEYS_FILE, STORE_FILE)):
        raise Refused("hub.home_in_use", home=str(home))


def take_home(home: Path) -> None:
    """Make the folder of a hub, for this process alone: of several who begin at once one gets it."""
    with files.explained_os(home):
        home.mkdir(parents=True, exist_ok=True)
        if os.name != "nt":
            home.chmod(0o700)
        try:
            (home / HUB_FILE).touch(exist_ok=False)
        except FileExistsError:
            raise Refused("hub.home_in_use", home=str(home)) from None


def open_keys(home: Path, passphrase: str) -> HubKeys:
    """The keys of a home. None there: exit 3; a wrong passphrase: refused; damaged: exit 4."""
    public = _read(read_file(home))
    secrets = unwrap(public.secrets, passphrase, _PURPOSE)
    if secrets is None:
        raise Refused("hub.wrong_passphrase")
    return _opened(public, secrets)


def recover_keys(home: Path, recovery_code: str, passphrase: str) -> HubKeys:
    """The keys of a home whose passphrase is lost, by the recovery code; from now on under another passphrase."""
    public = _read(read_file(home))
    if public.recovery is None:
        raise Refused("hub.no_recovery_code")
    if not passphrase:
        raise Refused("hub.no_passphrase")
    secrets = unwrap(public.recovery, normal_code(recovery_code), _RECOVERY)
    if secrets is None:
        raise Refused("hub.wrong_recovery_code")
    keys = _opened(public, secrets)
    _save(home, msgspec.structs.replace(public, secrets=wrap(secrets, passphrase, _PURPOSE)))
    return keys


def renew_recovery_code(home: Path, passphrase: str) -> str:
    """A recovery code in place of the old one, if there was one; that opens only the backups made before."""
    keys, code = open_keys(home, passphrase), new_recovery_code()
    recovery = wrap(_secrets(keys), normal_code(code), _RECOVERY)
    _save(home, msgspec.structs.replace(_read(read_file(home)), recovery=recovery))
    return code


def change_passphrase(home: Path, passphrase: str, another: str) -> None:
    """Another passphrase in place of this one; it opens only the backups made before."""
    if not another:
        raise Refused("hub.no_passphrase")
    secrets = wrap(_secrets(open_keys(home, passphrase)), another, _PURPOSE)
    _save(home, msgspec.structs.replace(_read(read_file(home)), secrets=secrets))


def read_file(home: Path) -> bytes:
    """The file of a home's keys, as it is. None there: exit 3."""
    try:
        return (home / HUB_FILE).read_bytes()
    except OSError:
        raise EnvironmentFailure("hub.no_hub", home=str(home)) from None


def public_key(data: bytes) -> bytes:
    """The public key that the file of a home's keys names. Damaged: exit 4."""
    try:
        return bytes.fromhex(_read(data).key)
    except ValueError:
        raise IntegrityFailure("hub.keys_damaged") from None


def _read(data: bytes) -> _Public:
    try:
        public = msgspec.json.decode(data, type=_Public)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise IntegrityFailure("hub.keys_damaged") from None
    if public.format != 1:
        raise Refused("store.newer_than_program")
    return public


def _save(home: Path, public: _Public) -> None:
    files.write_whole(home / HUB_FILE, msgspec.json.format(msgspec.json.encode(public), indent=1))


def _secrets(keys: HubKeys) -> bytes:
    return keys.signing.private_bytes_raw() + keys.courier.private_bytes_raw() + keys.data


def _wrapped(keys: HubKeys, passphrase: str, recovery_code: str | None) -> bytes:
    secrets = _secrets(keys)
    recovery = wrap(secrets, normal_code(recovery_code), _RECOVERY) if recovery_code else None
    wrapped = wrap(secrets, passphrase, _PURPOSE)
    public = _Public(1, keys.name, keys.public.hex(), keys.courier_public.hex(), wrapped, recovery)
    return msgspec.json.format(msgspec.json.encode(public), indent=1)


def _opened(public: _Public, secrets: bytes) -> HubKeys:
    if len(secrets) != 3 * _KEY_BYTES:
        raise IntegrityFailure("hub.keys_damaged")
    signing, courier, kept = (secrets[start : start + _KEY_BYTES] for start in range(0, len(secrets), _KEY_BYTES))
    keys = HubKeys(
        public.name, Ed25519PrivateKey.from_private_bytes(signing), X25519PrivateKey.from_private_bytes(courier), kept
    )
    if (keys.public.hex(), keys.courier_public.hex()) != (public.key, public.courier_key):
        raise IntegrityFailure("hub.keys_damaged")  # somebody put another public half there for people to compare
    return keys
