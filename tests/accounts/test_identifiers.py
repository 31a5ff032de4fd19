"""A number is brought into one form and told apart from what it isn't; no text breaks that."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import identifiers
from accounts.identifiers import API_SCHEMES, ENTERED_SCHEMES, SCHEMES, account_number, check, normalise

SCHEME = st.sampled_from([*SCHEMES, "passport", ""])
DIGITS = st.text("0123456789０１２３４５６７８９٣²- –−\u200b.ÑñſıKßTt", max_size=20)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda scheme: scheme.code)
def test_each_example_passes_its_own_check_and_stays_as_it_is_stored(scheme):
    assert check(scheme.code, scheme.example) is None
    stored = normalise(scheme.code, scheme.example)
    assert normalise(scheme.code, stored) == stored
    assert check(scheme.code, stored) is None
    assert scheme.authority


@pytest.mark.parametrize(
    ("scheme", "raw", "stored"),
    [
        ("ein", " 12-3456782 ", "123456782"),
        ("ein", "12–3456782", "123456782"),
        ("ein", "１２－３４５６７８２", "123456782"),
        ("duns", "15-048-3782", "150483782"),
        ("scac", "ex fr", "EXFR"),
        ("scac", "\ufeffEXFR\u200b", "EXFR"),
        ("rfc", "ñan850101-4q9", "ÑAN8501014Q9"),
        ("rfc", "n\u0303an850101-4q9", "ÑAN8501014Q9"),
        ("account", "tt 00000018", "TT-00000018"),
        ("account", "TT00000018", "TT-00000018"),
        ("ior", "123456-78901", "12345678901"),
        ("ior", "123-45-6789", "123456789"),
        ("mid", "XOALPFAB12TOR", "XOALPFAB12TOR"),
    ],
)
def test_writing_styles_come_down_to_one_stored_form(scheme, raw, stored):
    assert normalise(scheme, raw) == stored
    assert check(scheme, raw) is None


@pytest.mark.parametrize(
    ("scheme", "raw", "code"),
    [
        ("ein", "", "empty"),
        ("ein", " - ", "empty"),
        ("ein", "12-345678", "form"),
        ("ein", "07-1144442", "part"),
        ("ein", "١٢٣٤٥٦٧٨٢", "form"),
        ("duns", "15048378", "form"),
        ("lei", "213800KUD8LXJWSQ9D15", "check_digit"),
        ("gln", "4006381333932", "check_digit"),
        ("gln", "400638133393", "form"),
        ("scac", "EXFRT", "form"),
        ("scac", "E", "form"),
        ("scac", "EXſ", "form"),
        ("rfc", "GFA8513014Q9", "part"),
        ("rfc", "GFA850101", "form"),
        ("mid", "ZZALPFAB12MON", "part"),
        ("broker_license", "284719", "form"),
        ("fmc", "21847", "form"),
        ("account", "TT-00000017", "check_digit"),
        ("account", "00000018", "form"),
        ("mc", "x" * 31, "form"),
        ("passport", "X1", "unknown_scheme"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(scheme, raw, code):
    problem = check(scheme, raw)
    assert problem is not None
    assert problem.code == code
    assert str(problem).endswith(".")
    assert "%(" not in str(problem)


def test_without_the_check_digit_a_wrong_number_would_pass(monkeypatch):
    wrong = "4006381333932"
    assert check("gln", wrong)
    monkeypatch.setitem(identifiers.SCHEMES, "gln", dataclasses.replace(SCHEMES["gln"], verify=None))
    assert check("gln", wrong) is None


@given(SCHEME, st.one_of(st.text(), DIGITS))
def test_no_text_makes_the_check_raise_and_the_stored_form_is_stable(scheme, raw):
    problem = check(scheme, raw)
    assert problem is None or str(problem)
    stored = normalise(scheme, raw)
    assert normalise(scheme, stored) == stored
    assert (check(scheme, stored) is None) == (problem is None)


@given(st.sampled_from(list(SCHEMES)), st.data())
def test_what_passes_is_stored_in_plain_letters_and_digits(scheme, data):
    raw = data.draw(st.from_regex(SCHEMES[scheme].pattern, fullmatch=True))
    if check(scheme, raw) is None:
        assert normalise(scheme, raw).replace("Ñ", "N").isascii()


@given(st.integers(1, 9_999_999))
def test_an_account_number_passes_and_one_wrong_digit_is_noticed(sequence):
    number = account_number(sequence)
    assert check("account", number) is None
    assert normalise("account", number) == number
    for place in range(3, 11):
        other = str((int(number[place]) + 1) % 10)
        assert check("account", number[:place] + other + number[place + 1 :])


def test_account_numbers_differ_and_end_somewhere():
    assert len({account_number(n) for n in range(1, 1000)}) == 999
    for outside in (0, -1, 10_000_000):
        with pytest.raises(ValueError, match="running number"):
            account_number(outside)


def test_the_api_knows_ten_schemes_and_companies_enter_all_but_ours():
    assert API_SCHEMES == ("account", "ein", "duns", "lei", "gln", "scac", "iata", "fmc", "filer", "dot")
    assert set(API_SCHEMES) <= set(SCHEMES)
    assert set(ENTERED_SCHEMES) == set(SCHEMES) - {"account"}


def test_tax_numbers_are_sensitive_and_carrier_codes_are_not():
    assert {code for code, scheme in SCHEMES.items() if scheme.sensitive} == {"ein", "ior", "rfc"}
