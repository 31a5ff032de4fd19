"""Sign papers and check signatures (PDF, PKCS#7), with a real key by setting or a local one made at first need."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from asn1crypto.cms import ContentInfo
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

FIELD = "Signature"
LOCAL_FILE = "pdf-signing.p12"
LOCAL_NAME = "Trusted Trader Portal (local key)"
# A demonstration world signs papers of past years, so the local certificate reaches back.
LOCAL_VALID_FROM = datetime(2015, 1, 1, tzinfo=UTC)
LOCAL_VALID_FOR = timedelta(days=20 * 365)


class KeyRefused(Exception):
    """The file with the signing key cannot be opened with this passphrase, or holds no key and certificate."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the key with its certificate, the name in it, and its SHA-256 fingerprint (hexadecimal)."""

    inner: SimpleSigner
    name: str
    fingerprint: str
    local: bool


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What a file's signature shows. `holds` says nothing about who signed: compare `fingerprint` with ours for that.

    `intact`: the signed bytes are unchanged and the signature fits them. `whole`: nothing was added after it.
    """

    signed: bool
    intact: bool = False
    whole: bool = False
    name: str = ""
    fingerprint: str = ""
    reason: str = ""
    signed_at: datetime | None = None

    @property
    def holds(self) -> bool:
        return self.signed and self.intact and self.whole


class TimedPdfSigner(PdfSigner):
    """A signer that writes the operation's time into the signature instead of looking at the clock."""

    def __init__(self, metadata: PdfSignatureMetadata, signer: SimpleSigner, at: datetime) -> None:
        super().__init__(metadata, signer)
        self.at = at

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


def sign(pdf: bytes, *, reason: str, at: datetime, signer: Signer) -> bytes:
    """The PDF with a certifying signature that allows no later change; the pages stay as they are.

    `at` is an aware time and stands in the signature. Raises pyHanko's PdfError for a broken file.
    """
    metadata = PdfSignatureMetadata(
        field_name=FIELD, reason=reason, name=signer.name, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
    )
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    signed: BytesIO = TimedPdfSigner(metadata, signer.inner, at).sign_pdf(writer)
    return signed.getvalue()


def verify(pdf: bytes) -> SignatureReport:
    """What the first signature of a file shows. A file that is no PDF, or is broken, counts as not signed."""
    try:
        return _report(pdf)
    except Exception:  # noqa: BLE001 - a damaged file fails anywhere inside the parser, and that is the finding
        return SignatureReport(signed=False)


def _report(pdf: bytes) -> SignatureReport:
    signatures = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    if not signatures:
        return SignatureReport(signed=False)
    signature = signatures[0]
    certificate = signature.signer_cert
    # The certificate vouches for itself here: whether it is ours is told by the fingerprint.
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    status = validate_pdf_signature(signature, context)
    return SignatureReport(
        signed=True,
        intact=bool(status.intact and status.valid and _fills_its_gap(signature)),
        whole=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        name=certificate.subject.native.get("common_name", ""),
        fingerprint=certificate.sha256.hex(),
        reason=str(signature.sig_object.get("/Reason", "")),
        signed_at=status.signer_reported_dt,
    )


def _fills_its_gap(signature: EmbeddedPdfSignature) -> bool:
    """Whether the gap that the signature leaves unsigned, its own place, holds nothing that could be otherwise.

    A signature doesn't cover its envelope: the zeros behind it, the encoding of lengths, versions and algorithm names.
    """
    gap: bytes = signature.pkcs7_content
    envelope = ContentInfo.load(gap)
    signed, signer = envelope["content"], signature.signer_info
    encoded: bytes = envelope.dump(force=True)
    return (
        gap.rstrip(b"\0") == encoded.rstrip(b"\0")
        and (signed["version"].native, signer["version"].native) == ("v1", "v1")
        and [algorithm.native for algorithm in signed["digest_algorithms"]] == [signer["digest_algorithm"].native]
    )


def choose_signer(folder: Path, *, p12: str = "", passphrase: str = "") -> Signer:
    """The signer of the PKCS#12 file where a deployment names one, else the local one in `folder`."""
    return open_signer(Path(p12), passphrase) if p12 else local_signer(folder)


def open_signer(path: Path, passphrase: str) -> Signer:
    """The signer in a PKCS#12 file. Raises KeyRefused, OSError when the file can't be read."""
    return _signer(path.read_bytes(), passphrase.encode() or None, local=False)


def local_signer(folder: Path) -> Signer:
    """The portal's own signer with a self-signed certificate, made at first need; safe between racing processes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / LOCAL_FILE
    if not path.exists():
        _write_once(path, _self_signed(datetime.now(UTC)))
    return _signer(path.read_bytes(), None, local=True)


def _signer(data: bytes, passphrase: bytes | None, *, local: bool) -> Signer:
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(data, passphrase)
    except ValueError as error:
        raise KeyRefused("The signing key file does not open with this passphrase.") from error
    inner = SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=passphrase)
    if key is None or certificate is None or inner is None:
        raise KeyRefused("The signing key file holds no key with its certificate.")
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    fingerprint = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    return Signer(inner, str(names[0].value) if names else "", fingerprint, local)


def _self_signed(now: datetime) -> bytes:
    """A new RSA key with a certificate good for signing documents and nothing else, as PKCS#12."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, LOCAL_NAME)])
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    ) | {"encipher_only": False, "decipher_only": False}
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LOCAL_VALID_FROM)
        .not_valid_after(now + LOCAL_VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(LOCAL_NAME.encode(), key, certificate, None, NoEncryption())


def _write_once(path: Path, data: bytes) -> None:
    """Write a file for its owner alone, unless another process was first."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
