"""Are the people named that the programme needs, and can they be reached and vetted?"""

from collections import Counter
from collections.abc import Iterator

from trusted_trader.checks.facts import CaseFacts, PersonFacts
from trusted_trader.checks.finding import ELIGIBILITY, HOUSE, VETTING, Hit, Severity, rule
from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.checks.words import listed
from trusted_trader.entity_types import EntityType

STOPS, LOOK, HINT = Severity.STOPS, Severity.LOOK, Severity.HINT
PLACE = "company:people"
FREE_MAIL = frozenset(
    """
    aol.com gmail.com gmx.com gmx.net googlemail.com hotmail.com icloud.com live.com mail.com outlook.com proton.me
    protonmail.com qq.com 163.com yahoo.com yandex.com
    """.split()  # noqa: SIM905 - a list a reader can scan
)


def _with_role(facts: CaseFacts, *roles: str) -> list[PersonFacts]:
    return [person for person in facts.people if person.roles & set(roles)]


@rule(
    "PPL-01", STOPS, ELIGIBILITY,
    _("No company officer is named"),
    _("Name a company officer. Only an officer may sign the agreement and submit."),
)  # fmt: skip
def no_officer(facts: CaseFacts) -> Iterator[Hit]:
    if not _with_role(facts, "officer"):
        yield Hit(PLACE)


@rule(
    "PPL-02", STOPS, ELIGIBILITY,
    _("No contact is named"),
    _("Name a contact who knows the security measures. The officer may be the contact too."),
)  # fmt: skip
def no_contact(facts: CaseFacts) -> Iterator[Hit]:
    if not _with_role(facts, "contact"):
        yield Hit(PLACE)


@rule(
    "PPL-03", STOPS, VETTING,
    _("No owner or manager is named"),
    _("Name the owners or managers of the company. The agency has to vet them."),
)  # fmt: skip
def no_owner(facts: CaseFacts) -> Iterator[Hit]:
    if not _with_role(facts, "owner", "manager"):
        yield Hit(PLACE)


@rule(
    "PPL-04", STOPS, VETTING,
    _("Vetting details are missing"),
    _("Complete the vetting details of %(people)s. The agency can't vet them without."),
)  # fmt: skip
def vetting_incomplete(facts: CaseFacts) -> Iterator[Hit]:
    missing = [p.name for p in _with_role(facts, "officer", "owner", "manager") if not p.vetting_complete]
    if missing:
        yield Hit(PLACE, {"people": listed(missing)})


@rule(
    "PPL-05", STOPS, HOUSE,
    _("An officer or contact has no e-mail address"),
    _("Give an e-mail address for %(people)s. Letters and reminders go there."),
)  # fmt: skip
def unreachable(facts: CaseFacts) -> Iterator[Hit]:
    missing = [p.name for p in _with_role(facts, "officer", "contact") if "@" not in p.email]
    if missing:
        yield Hit(PLACE, {"people": listed(missing)})


@rule(
    "PPL-06", LOOK, HOUSE,
    _("Two people share an e-mail address"),
    _("Give each person an own e-mail address. %(people)s share one."),
)  # fmt: skip
def shared_address(facts: CaseFacts) -> Iterator[Hit]:
    counts = Counter(person.email.casefold() for person in facts.people if person.email)
    for address, count in counts.items():
        if count > 1:
            yield Hit(PLACE, {"people": listed(p.name for p in facts.people if p.email.casefold() == address)})


@rule(
    "PPL-07", HINT, HOUSE,
    _("The officer uses a free mail service"),
    _("Use a company e-mail address for %(person)s if you have one. It helps us to trust the sender."),
)  # fmt: skip
def free_mail(facts: CaseFacts) -> Iterator[Hit]:
    for person in _with_role(facts, "officer"):
        if person.email.casefold().rpartition("@")[2] in FREE_MAIL:
            yield Hit(PLACE, {"person": person.name})


@rule(
    "PPL-08", LOOK, ELIGIBILITY,
    _("An exporter has no alternate contact"),
    _("Name a second contact. Exporters need a main and an alternate contact."),
)  # fmt: skip
def no_alternate_contact(facts: CaseFacts) -> Iterator[Hit]:
    if facts.entity_type == EntityType.EXPORTER and len(_with_role(facts, "contact")) == 1:
        yield Hit(PLACE)


RULES = (
    no_officer,
    no_contact,
    no_owner,
    vetting_incomplete,
    unreachable,
    shared_address,
    free_mail,
    no_alternate_contact,
)
