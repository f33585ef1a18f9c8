"""Keys and certificates made on the spot: a self-signed one for TLS, and the client app's for JWT logins."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

# Clients that insist on Salesforce's own hosts can be sent here by their resolver and still trust us.
_NAMES = (
    "localhost",
    "login.salesforce.com",
    "test.salesforce.com",
    "*.my.salesforce.com",
    "*.salesforce.com",
)


@dataclass(frozen=True, kw_only=True)
class KeyPair:
    """PEM files: a private key and its self-signed certificate."""

    key_file: Path
    certificate_file: Path

    @property
    def certificate(self) -> bytes:
        return self.certificate_file.read_bytes()


def make_key_pair(folder: Path, name: str, *, now: datetime) -> KeyPair:
    """Write `name.key` (readable by the owner only) and `name.crt`, valid from a day ago for ten years."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"practice {name}")])
    names = [*(x509.DNSName(each) for each in _NAMES), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pair = KeyPair(key_file=folder / f"{name}.key", certificate_file=folder / f"{name}.crt")
    pair.key_file.touch(mode=0o600)
    pair.key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    pair.certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return pair
