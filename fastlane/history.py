"""What the fast lane's events say in the history: a sentence that follows who did it."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trusted_trader import history

history.tell(
    {
        "client.rotate_secret": gettext_noop("gave the client a new secret"),
        "lane.amend": gettext_noop("changed the port call"),
        "lane.approve": gettext_noop("approved the request after looking at it"),
        "lane.arrival": gettext_noop("reported what happened on arrival"),
        "lane.decide_eligible": gettext_noop("approved the request by the rules"),
        "lane.decide_incomplete": gettext_noop("found by the rules that something is missing"),
        "lane.decide_ineligible": gettext_noop("refused the request by the rules"),
        "lane.decide_manual_review": gettext_noop("left the request to a person, by the rules"),
        "lane.decide_not_required": gettext_noop("found by the rules that no approval is needed"),
        "lane.draft": gettext_noop("began a request for the fast lane"),
        "lane.expire": gettext_noop("closed a request that nobody used"),
        "lane.hand_over": gettext_noop("noted that another company runs the terminal now"),
        "lane.propose": gettext_noop("proposed to approve the request"),
        "lane.refuse": gettext_noop("refused the request after looking at it"),
        "lane.revoke": gettext_noop("took the approval back, as it was misused"),
        "lane.save": gettext_noop("changed the draft of a request"),
        "lane.submit": gettext_noop("sent the request"),
        "lane.use": gettext_noop("began cargo work under the approval"),
        "lane.void": gettext_noop("ended the approval, as a rule or the port call turned"),
        "lane.withdraw": gettext_noop("took the request back"),
        "ledger.measure": gettext_noop("entered a measured call"),
        "parcels.begin": gettext_noop("began to decide a file of parcels"),
        "parcels.cancel": gettext_noop("stopped a file of parcels"),
        "parcels.expire": gettext_noop("removed the files of decided parcels, as their time was over"),
        "parcels.finish": gettext_noop("decided a file of parcels"),
        "parcels.refuse": gettext_noop("could not decide a file of parcels"),
        "parcels.upload": gettext_noop("uploaded a file of parcels"),
        "portcall.observe": gettext_noop("told what the agency knows of the port call"),
        "rulebook.confirm": gettext_noop("put the edition of the rule book in force"),
        "rulebook.draft": gettext_noop("began an edition of the rule book"),
        "rulebook.edit": gettext_noop("changed a row of the edition"),
        "rulebook.propose": gettext_noop("proposed to put the edition in force"),
        "rulebook.reject": gettext_noop("turned the proposal down"),
        "rulebook.submit": gettext_noop("closed the edition"),
        "steward.end": gettext_noop("took the partner's client from a person"),
        "steward.name": gettext_noop("let a person look after the partner's client"),
        "webhook.create": gettext_noop("set up a webhook"),
        "webhook.delete": gettext_noop("deleted the webhook"),
        "webhook.replay": gettext_noop("had messages sent again"),
        "webhook.rotate": gettext_noop("gave the webhook a new secret"),
        "webhook.switch_off": gettext_noop("switched the webhook off"),
        "webhook.switch_on": gettext_noop("switched the webhook on"),
        "webhook.test": gettext_noop("had a test message sent"),
    }
)
