"""Tell the company and the staff what happened in a case: one function a notice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import effects, notices, queries
from accounts.effects.models import Effect
from trusted_trader.application.models import Application, Snapshot
from trusted_trader.application.queries import programme_day
from trusted_trader.review.models import Flag, InformationRequest


def case_link(application: Application) -> str:
    return reverse("case", args=[application.account.number])


def day(due: datetime) -> str:
    """The last programme day of a clock that is due at the midnight after it, for sentences."""
    return date_format(programme_day(due - timedelta(microseconds=1)), "DATE_FORMAT")


def tell_company(
    application: Application, kind: str, subject: str, body: str, *, at: datetime, attachment: str = ""
) -> None:
    company = application.account.company
    notices.tell(
        queries.people_to_tell(company.pk),
        kind=kind,
        subject=subject,
        body=body,
        at=at,
        company=company,
        link=case_link(application),
        attachment=attachment,
    )


@effects.handler("application.receipt")
def receipt(effect: Effect) -> str:
    """The company hears that the application was received, with its reference, hash and next steps."""
    snapshot = Snapshot.objects.select_related("application__account__company", "signed_by").get(
        pk=effect.payload["snapshot"]
    )
    application = snapshot.application
    due = day(application.due_at) if application.due_at else ""
    body = _(
        "We have received the application %(reference)s of %(company)s, submitted by %(who)s.\n\n"
        "What was submitted is kept unchanged under this mark: %(hash)s.\n\n"
        "A specialist reviews the security profile while the vetting runs beside it. We decide by %(due)s, as far as "
        "practicable. Days on which we wait for your answer don't count.\n\n"
        "You can read and print the receipt in the portal."
    ) % {
        "reference": application.reference,
        "company": application.account.company,
        "who": snapshot.signed_by,
        "hash": snapshot.sha256,
        "due": due,
    }
    subject = _("Received: application %(reference)s") % {"reference": application.reference}
    tell_company(
        application, "application.receipt", subject, body, at=effect.not_before, attachment=f"receipt:{snapshot.pk}"
    )
    return "told"


@effects.handler("application.withdrawn")
def withdrawn(effect: Effect) -> str:
    application = Application.objects.select_related("account__company").get(pk=effect.payload["application"])
    subject = _("Withdrawn: application %(reference)s") % {"reference": application.reference}
    body = _(
        "The application was withdrawn. Your answers are kept. When you return, start a new application from them."
    )
    tell_company(application, "application.withdrawn", subject, body, at=effect.not_before)
    return "told"


@effects.handler("request.sent")
def request_sent(effect: Effect) -> str:
    """The company hears which answers were reopened, by when to answer, and that our clock waits."""
    request = InformationRequest.objects.select_related("application__account__company").get(
        pk=effect.payload["request"]
    )
    application = request.application
    numbers = ", ".join(request.answers.order_by("pk").values_list("number", flat=True))
    subject = _("We have questions about application %(reference)s") % {"reference": application.reference}
    body = _(
        "The reviewer asks about these answers: %(numbers)s.\n\n%(message)s\n\n"
        "Please answer by %(due)s. Only these answers are open; the others stay as submitted. "
        "Our decision clock waits until you answer."
    ) % {"numbers": numbers, "message": request.message, "due": day(request.due_at)}
    tell_company(application, "request.sent", subject, body.replace("\n\n\n\n", "\n\n"), at=effect.not_before)
    return "told"


@effects.handler("request.answered")
def request_answered(effect: Effect) -> str:
    """The reviewer hears that the company has answered."""
    request = InformationRequest.objects.select_related("application__account__company").get(
        pk=effect.payload["request"]
    )
    application = request.application
    reader = application.reviewer or request.asked_by
    notices.tell(
        [reader],
        kind="request.answered",
        at=effect.not_before,
        link=f"/admin/review/{application.pk}/",
        subject=_("%(company)s has answered (%(reference)s)")
        % {"company": application.account.company, "reference": application.reference},
        body=_("Open the case to see old and new side by side."),
    )
    return "told"


@effects.handler("request.remind")
def request_remind(effect: Effect) -> str:
    request = InformationRequest.objects.select_related("application__account__company").get(
        pk=effect.payload["request"]
    )
    if request.status != "open":
        return "answered meanwhile"
    subject = _("Please answer by %(due)s: application %(reference)s") % {
        "due": day(request.due_at),
        "reference": request.application.reference,
    }
    body = _("The reviewer still waits for your answers. Our decision clock stands still until you send them.")
    tell_company(request.application, "request.remind", subject, body, at=effect.not_before)
    return "told"


@effects.handler("request.lapsed")
def request_lapsed(effect: Effect) -> str:
    """Both sides hear that the time for answering is over."""
    request = InformationRequest.objects.select_related("application__account__company").get(
        pk=effect.payload["request"]
    )
    application = request.application
    subject = _("The time to answer is over: application %(reference)s") % {"reference": application.reference}
    body = _("We did not get your answers in time. The reviewer goes on with what was submitted.")
    tell_company(application, "request.lapsed", subject, body, at=effect.not_before)
    notices.tell(
        [application.reviewer or request.asked_by],
        kind="request.lapsed",
        subject=subject,
        at=effect.not_before,
        body=_("The company has not answered. Decide on what is there, or ask again."),
        link=f"/admin/review/{application.pk}/",
    )
    return "told"


@effects.handler("draft.remind")
def draft_remind(effect: Effect) -> str:
    application = Application.objects.select_related("account__company").get(pk=effect.payload["application"])
    if application.status != "draft":
        return "submitted meanwhile"
    subject = _("Your application is waiting: account %(number)s") % {"number": application.account.number}
    body = _(
        "You have signed the agreement, and the security profile is not submitted yet. Everything you wrote is saved."
    )
    tell_company(application, "draft.remind", subject, body, at=effect.not_before)
    return "told"


@effects.handler("flag.remind")
def flag_remind(effect: Effect) -> str:
    flag = Flag.objects.select_related("application", "owner").get(pk=effect.payload["flag"])
    if flag.cleared_at:
        return "cleared meanwhile"
    notices.tell(
        [flag.owner],
        kind="flag.remind",
        at=effect.not_before,
        link=f"/admin/review/{flag.application_id}/",
        subject=_("Your flag on %(reference)s should end today") % {"reference": flag.application.reference},
        body=_("“%(title)s”: clear it, or give it a new end.") % {"title": flag.title},
    )
    return "told"
