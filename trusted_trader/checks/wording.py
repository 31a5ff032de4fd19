"""Does the answer say something of its own?"""

import re
from collections.abc import Iterator

from trusted_trader.checks.facts import IMPLEMENTED, NOT_APPLICABLE, AnswerFacts, CaseFacts
from trusted_trader.checks.finding import CRITERIA, HOUSE, Hit, Severity, at_criterion, rule
from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.checks.words import copied_share, other_script_share, shingles, words
from trusted_trader.criteria import Criterion

STOPS, LOOK, HINT = Severity.STOPS, Severity.LOOK, Severity.HINT

FEWEST_WORDS = 10
MOST_WORDS = 1200
MOSTLY = 0.7
SAME = 0.8
SAME_WORDS = 12  # shorter answers are alike by chance

# Marks that stand in no real answer, and phrases that do unless the answer is little else.
PLACEHOLDER_MARKS = ("???", "____", "......")
PLACEHOLDER_WORDS = frozenset(words("tbd tba tbc lorem xxx xxxx xxxxx asdf asdfasdf qwerty placeholder"))
PLACEHOLDER_PHRASES = re.compile(
    r"\b(?:to be (?:completed|determined|defined|added|filled in|confirmed)|insert (?:text|answer|here)"
    r"|fill (?:this )?in|same as above|test test)\b",
    re.IGNORECASE,
)
SEE_ATTACHED = re.compile(
    r"\b(?:see|refer to|attached|enclosed|find)\b[^.]{0,40}"
    r"\b(?:attach\w*|document\w*|file\w*|evidence|appendix|annex|enclos\w*|pdf|manual|sop)\b",
    re.IGNORECASE,
)
ATTACHMENT_WORDS = 14  # a longer answer says more than where to look
DENIAL = re.compile(
    r"^\W*(?:no(?=\W*$|[,.;:!])|none\b|no (?:such|written|formal|procedures?|polic\w+|process|program)\b|there is no\b"
    r"|we (?:do not|don't) (?:have|use|keep|do|perform|maintain)\b|we (?:have no|have not|haven't)\b"
    r"|not (?:yet|implemented|in place|available|done)\b|the company (?:does not have|has no)\b)",
    re.IGNORECASE,
)
PLAN = re.compile(
    r"\b(?:(?:we|company|management) (?:will|plans?|intends?|hopes?)(?: to)? "
    r"(?:implement|introduce|install|develop|write|establish|create|start|begin|draft|set up|put in place)"
    r"|not yet (?:implemented|installed|in place|written|done|complete|available)"
    r"|(?:is|are) (?:planned|being written) (?:for|to)|in the near future)\b",
    re.IGNORECASE,
)
SOCIAL_SECURITY = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])", re.ASCII)

# Answers made of these words alone tell a reviewer nothing.
EMPTY_WORDS = frozenset(
    words("""
        a all always and are as at been by comply complied compliance compliant complies company criteria criterion
        ctpat c-tpat done everything followed for fully good has have highest implement implemented in industry is it
        maintained measures meet meets met of ok okay our place policies policy practice practices procedure procedures
        program properly requirement requirements required satisfied security serious seriously standard standards taken
        take takes that the these this times to true very we well with yes
    """)
)


def _written(facts: CaseFacts) -> Iterator[tuple[Criterion, AnswerFacts]]:
    return ((c, a) for c, a in facts.answered(IMPLEMENTED) if a.text.strip())


@rule(
    "WOR-01", STOPS, HOUSE,
    _("A placeholder instead of an answer"),
    _("Replace the placeholder at %(number)s, %(topic)s, by your answer."),
)  # fmt: skip
def placeholder(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in facts.answered(IMPLEMENTED, NOT_APPLICABLE):
        if _is_placeholder(answer.because if answer.state == NOT_APPLICABLE else answer.text):
            yield at_criterion(criterion)


def _is_placeholder(text: str) -> bool:
    found = words(text)
    if any(mark in text for mark in PLACEHOLDER_MARKS) or not PLACEHOLDER_WORDS.isdisjoint(found):
        return True
    return len(found) < FEWEST_WORDS and PLACEHOLDER_PHRASES.search(text) is not None


@rule(
    "WOR-02", LOOK, CRITERIA,
    _("The answer is empty words"),
    _("Say how you meet %(number)s, %(topic)s: who does what, and how often. That you comply is not enough."),
)  # fmt: skip
def empty_words(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in _written(facts):
        found = words(answer.text)
        if found and sum(word not in EMPTY_WORDS for word in found) <= len(found) // 10:
            yield at_criterion(criterion)


@rule(
    "WOR-03", LOOK, CRITERIA,
    _("The answer is too short to judge"),
    _("Write more at %(number)s, %(topic)s: who does what, how often, and what is kept."),
)  # fmt: skip
def too_short(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in _written(facts):
        if facts.is_must(criterion) and len(words(answer.text)) < FEWEST_WORDS:
            yield at_criterion(criterion)


@rule(
    "WOR-04", LOOK, HOUSE,
    _("The answer repeats the question"),
    _("Answer %(number)s, %(topic)s, in your own words. The text repeats the question."),
)  # fmt: skip
def copied_from_question(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in _written(facts):
        if copied_share(answer.text, criterion.question) >= MOSTLY:
            yield at_criterion(criterion)


@rule(
    "WOR-05", LOOK, HOUSE,
    _("The answer is copied from the help"),
    _("Answer %(number)s, %(topic)s, in your own words. The text repeats our help."),
)  # fmt: skip
def copied_from_help(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in _written(facts):
        if max(copied_share(answer.text, source) for source in (criterion.help, criterion.evidence)) >= MOSTLY:
            yield at_criterion(criterion)


@rule(
    "WOR-06", LOOK, HOUSE,
    _("The same text answers two criteria"),
    _("Answer %(number)s, %(topic)s, on its own. The text is nearly the same as at %(other)s."),
)  # fmt: skip
def copied_between_criteria(facts: CaseFacts) -> Iterator[Hit]:
    # An index from each run of words to the answers with it keeps this linear in the text there is.
    texts = {c.number: shingles(a.text) for c, a in facts.focused_on("").answered(IMPLEMENTED)}
    holders: dict[tuple[str, ...], list[str]] = {}
    for number, own in texts.items():
        for shingle in own:
            holders.setdefault(shingle, []).append(number)
    for criterion in facts.asked:
        own = texts.get(criterion.number, frozenset())
        if len(own) < SAME_WORDS - 3:
            continue
        shared: dict[str, int] = {}
        for shingle in own:
            for number in holders[shingle]:
                shared[number] = shared.get(number, 0) + 1
        alike = [n for n, count in shared.items() if n != criterion.number and count >= SAME * len(own)]
        if alike:
            yield at_criterion(criterion, other=min(alike, key=list(texts).index))


@rule(
    "WOR-07", HINT, HOUSE,
    _("The text comes from another account of the company"),
    _("Check that %(number)s, %(topic)s, fits this account. The text is the same as in your other account."),
)  # fmt: skip
def copied_from_other_account(facts: CaseFacts) -> Iterator[Hit]:
    others = [text for text in facts.other_answers.values() if len(shingles(text)) >= SAME_WORDS - 3]
    known = frozenset[tuple[str, ...]]().union(*map(shingles, others))
    for criterion, answer in _written(facts):
        own = shingles(answer.text)
        if len(own) >= SAME_WORDS - 3 and len(own & known) >= 0.95 * len(own):
            yield at_criterion(criterion)


@rule(
    "WOR-08", STOPS, HOUSE,
    _("Points to an attachment that is not there"),
    _("Link the document that your answer to %(number)s, %(topic)s, speaks of. None is linked."),
)  # fmt: skip
def attachment_missing(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in _written(facts):
        if not answer.evidence and _only_points(answer):
            yield at_criterion(criterion)


@rule(
    "WOR-09", LOOK, HOUSE,
    _("Only points to an attachment"),
    _("Say at %(number)s, %(topic)s, in a few sentences what the linked document shows and where."),
)  # fmt: skip
def only_points_to_attachment(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in _written(facts):
        if answer.evidence and _only_points(answer):
            yield at_criterion(criterion)


def _only_points(answer: AnswerFacts) -> bool:
    return len(words(answer.text)) <= ATTACHMENT_WORDS and SEE_ATTACHED.search(answer.text) is not None


@rule(
    "WOR-10", LOOK, HOUSE,
    _("Implemented, but the text says no"),
    _("Check %(number)s, %(topic)s: you chose implemented, but the text begins with a no."),
)  # fmt: skip
def text_denies(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, a in _written(facts) if DENIAL.match(a.text))


@rule(
    "WOR-11", LOOK, HOUSE,
    _("Implemented, but the text speaks of plans"),
    _("Check %(number)s, %(topic)s: you chose implemented, but the text speaks of plans."),
)  # fmt: skip
def text_speaks_of_plans(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, a in _written(facts) if PLAN.search(a.text))


@rule(
    "WOR-12", LOOK, HOUSE,
    _("The same words over and over"),
    _("Write %(number)s, %(topic)s, anew. The text repeats the same few words."),
)  # fmt: skip
def repeats_itself(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in _written(facts):
        found = words(answer.text)
        if FEWEST_WORDS <= len(found) <= MOST_WORDS and len(set(found)) < min(len(found), 60) / 4:
            yield at_criterion(criterion)


@rule(
    "WOR-13", HINT, HOUSE,
    _("The answer is mostly in another script"),
    _("Add a short English summary to %(number)s, %(topic)s, if you can. It shortens the review."),
)  # fmt: skip
def other_script(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, a in _written(facts) if other_script_share(a.text) > 0.5)


@rule(
    "WOR-14", HINT, HOUSE,
    _("The answer is very long"),
    _("Shorten %(number)s, %(topic)s, and link the procedure instead. Reviewers look for the main steps."),
)  # fmt: skip
def too_long(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, a in _written(facts) if len(words(a.text)) > MOST_WORDS)


@rule(
    "WOR-15", LOOK, HOUSE,
    _("A social security number in the text"),
    _("Remove what looks like a social security number from %(number)s, %(topic)s. It has no place there."),
)  # fmt: skip
def social_security_number(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, a in _written(facts) if SOCIAL_SECURITY.search(a.text))


RULES = (
    placeholder,
    empty_words,
    too_short,
    copied_from_question,
    copied_from_help,
    copied_between_criteria,
    copied_from_other_account,
    attachment_missing,
    only_points_to_attachment,
    text_denies,
    text_speaks_of_plans,
    repeats_itself,
    other_script,
    too_long,
    social_security_number,
)
