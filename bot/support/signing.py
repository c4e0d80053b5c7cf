"""Signatures over what leaves the house: detached CMS (PKCS #7, DER) by the province's key.

Key and certificate are PEM files of the settings `signing_key` and `signing_certificate`.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from bot.settings import settings

KEY_FILE, CERTIFICATE_FILE = "key.pem", "certificate.pem"
_BITS = 3072
_TRIAL_DAYS = 365
_ORGANISATION = "Thu nghiem"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SigningRefused(RuntimeError):
    """Nothing can be signed; the text says why, for operators."""


@dataclass(frozen=True)
class Signer:
    """A key with the certificate that belongs to it and is valid now."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def subject(self) -> str:
        """Whose certificate it is (RFC 4514)."""
        return self.certificate.subject.rfc4514_string()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal digits."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def sign(self, content: bytes) -> bytes:
        """The detached signature of a content: CMS in DER."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        return builder.sign(serialization.Encoding.DER, options)


def default_signer(now: dt.datetime | None = None) -> Signer:
    """The signer of the settings; `now` is UTC with its zone, for tests.

    Raises:
        SigningRefused: no key or certificate is set or can be read, they do not belong together,
            or the certificate is not valid now.
    """
    key_path, certificate_path = settings().signing_key, settings().signing_certificate
    if not key_path or not certificate_path:
        raise SigningRefused("BOT_SIGNING_KEY and BOT_SIGNING_CERTIFICATE must be set.")
    return read_signer(Path(key_path), Path(certificate_path), now)


def read_signer(key_path: Path, certificate_path: Path, now: dt.datetime | None = None) -> Signer:
    """See `default_signer`."""
    try:
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        # What is wrong with a key is told without a word of it.
        raise SigningRefused(f"The key cannot be read: {type(error).__name__}.") from None
    if not isinstance(key, PrivateKey):
        raise SigningRefused("The key must be an RSA or an elliptic-curve one.")
    try:
        certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
    except (OSError, ValueError) as error:
        raise SigningRefused(f"The certificate cannot be read: {error}") from None
    if _public(key.public_key()) != _public(certificate.public_key()):
        raise SigningRefused("The key does not belong to the certificate.")
    now = now or dt.datetime.now(dt.timezone.utc)
    if now > certificate.not_valid_after_utc:
        ended = certificate.not_valid_after_utc
        raise SigningRefused(f"The certificate has expired on {ended:%Y-%m-%d %H:%M} UTC.")
    if now < certificate.not_valid_before_utc:
        begins = certificate.not_valid_before_utc
        raise SigningRefused(f"The certificate is valid from {begins:%Y-%m-%d %H:%M} UTC only.")
    return Signer(key, certificate)


def make_trial_pair(folder: Path, now: dt.datetime | None = None) -> tuple[Path, Path]:
    """Write a new key and a certificate that it signs itself, for trying; their paths.

    Raises:
        SigningRefused: one of the files is there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / KEY_FILE, folder / CERTIFICATE_FILE
    known = [path.name for path in paths if path.exists()]
    if known:
        raise SigningRefused(f"{folder} holds {' and '.join(known)} already.")
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    now = now or dt.datetime.now(dt.timezone.utc)
    certificate = _self_signed(key, now, now + dt.timedelta(days=_TRIAL_DAYS))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    for path, content in zip(
        paths, (private, certificate.public_bytes(serialization.Encoding.PEM)), strict=True
    ):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    return paths


def _self_signed(
    key: rsa.RSAPrivateKey, begins: dt.datetime, ends: dt.datetime
) -> x509.Certificate:
    oid = x509.oid.NameOID
    name = x509.Name(
        [
            x509.NameAttribute(oid.COUNTRY_NAME, "VN"),
            x509.NameAttribute(oid.ORGANIZATION_NAME, _ORGANISATION),
            x509.NameAttribute(oid.COMMON_NAME, "Phieu phan anh (thu nghiem)"),
        ]
    )
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(begins).not_valid_after(ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    return builder.sign(key, hashes.SHA256())


def _public(key: object) -> bytes:
    encoding = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(*encoding)  # type: ignore[attr-defined]
