"""Signatures: they hold, every change shows, and the key is made once and kept to its owner."""

from __future__ import annotations

import stat
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from tests.trusted_trader.papers.samples import AT, LETTER
from trusted_trader import papers
from trusted_trader.papers import signing
from trusted_trader.papers.signing import KeyRefused, Signer, choose_signer, local_signer, open_signer, sign, verify


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def signer(folder: Path) -> Signer:
    return local_signer(folder)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return papers.letter(LETTER)


@pytest.fixture(scope="module")
def signed(plain: bytes, signer: Signer) -> bytes:
    return sign(plain, reason="Decision of the programme", at=AT, signer=signer)


def test_a_signature_holds_and_says_who_when_and_why(signed: bytes, signer: Signer) -> None:
    report = verify(signed)

    assert report.holds
    assert report.fingerprint == signer.fingerprint
    assert (report.name, report.reason, report.signed_at) == (signer.name, "Decision of the programme", AT)


def test_the_pages_stay_as_they_were(plain: bytes, signed: bytes) -> None:
    assert signed.startswith(plain)


def test_an_unsigned_file_does_not_hold(plain: bytes) -> None:
    assert not verify(plain).signed
    assert not verify(plain).holds


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7\n", b"\x00" * 4096])
def test_a_file_that_is_no_pdf_does_not_hold(data: bytes) -> None:
    assert not verify(data).signed


def test_a_flipped_byte_anywhere_is_noticed(signed: bytes) -> None:
    for place in range(0, len(signed), max(1, len(signed) // 150)):
        flipped = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        assert not verify(flipped).holds, place


def test_a_flipped_byte_in_the_signatures_own_place_is_noticed(signed: bytes) -> None:
    start, end = signed.rindex(b"/Contents <"), len(signed)
    place = start + len(b"/Contents <")
    for near in [*range(place, place + 100), *range(place, end, 60)]:
        flipped = signed[:near] + bytes([signed[near] ^ 1]) + signed[near + 1 :]
        assert not verify(flipped).holds, near - place


def test_a_bare_check_of_the_signature_would_not_notice(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_fills_its_gap", lambda _signature: True)
    place = signed.rindex(b"/Contents <") + len(b"/Contents <") + 60
    flipped = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]

    assert verify(flipped).holds


def test_the_same_file_unflipped_is_not_refused(signed: bytes) -> None:
    assert verify(bytes(signed)).holds


def test_a_page_added_behind_is_noticed(signed: bytes) -> None:
    report = verify(signed + b"\n% more\n")

    assert report.intact
    assert not report.whole
    assert not report.holds


def test_a_cut_file_is_noticed(signed: bytes) -> None:
    assert not verify(signed[:-100]).holds


def test_another_key_shows_another_fingerprint(plain: bytes, signer: Signer, tmp_path: Path) -> None:
    report = verify(sign(plain, reason="Forged", at=AT, signer=local_signer(tmp_path)))

    assert report.holds
    assert report.fingerprint != signer.fingerprint


def test_a_paper_of_years_ago_can_be_signed(plain: bytes, signer: Signer) -> None:
    at = datetime(2019, 5, 1, tzinfo=UTC)

    assert verify(sign(plain, reason="Old", at=at, signer=signer)).signed_at == at


def test_the_key_is_readable_by_its_owner_alone(folder: Path, signer: Signer) -> None:
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]
    assert signer.local


def fingerprint(folder: Path) -> str:
    return local_signer(folder).fingerprint


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        found = set(pool.map(fingerprint, [tmp_path / "keys"] * 8))

    assert len(found) == 1
    assert [file.name for file in (tmp_path / "keys").iterdir()] == [signing.LOCAL_FILE]


@pytest.fixture
def bought(tmp_path: Path, folder: Path, signer: Signer) -> Path:
    """A key file with a passphrase, as a certificate authority hands it out."""
    key, certificate, _ = pkcs12.load_key_and_certificates((folder / signing.LOCAL_FILE).read_bytes(), None)
    path = tmp_path / "bought.p12"
    encryption = BestAvailableEncryption(b"open sesame")
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"bought", key, certificate, None, encryption))
    return path


def test_a_key_from_elsewhere_signs_too(bought: Path, plain: bytes) -> None:
    real = open_signer(bought, "open sesame")

    assert not real.local
    assert verify(sign(plain, reason="Real", at=AT, signer=real)).fingerprint == real.fingerprint


def test_a_deployments_key_goes_before_the_local_one(bought: Path, folder: Path) -> None:
    assert choose_signer(folder).local
    assert not choose_signer(folder, p12=str(bought), passphrase="open sesame").local


@pytest.mark.parametrize("passphrase", ["", "wrong"])
def test_a_wrong_passphrase_is_told(bought: Path, passphrase: str) -> None:
    with pytest.raises(KeyRefused, match="passphrase"):
        open_signer(bought, passphrase)


def test_a_file_that_holds_no_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.p12").write_bytes(b"nothing")

    with pytest.raises(KeyRefused):
        open_signer(tmp_path / "x.p12", "")
