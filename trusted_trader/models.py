"""Gathers the models of the programme's stories, where Django looks for them."""

from trusted_trader.application.models import (
    AgreementSignature,
    Application,
    BusinessPartner,
    Conveyance,
    Evidence,
    Response,
    ResponseEvidence,
    SheetImport,
    Snapshot,
)
from trusted_trader.review.models import (
    Assessment,
    Assignment,
    Decision,
    Flag,
    InformationRequest,
    Note,
    RequestedAnswer,
    SavedFilter,
    Verdict,
    Vetting,
)
from trusted_trader.standing.models import Certificate, Standing, StandingChange
from trusted_trader.validation.models import Validation

__all__ = [
    "AgreementSignature",
    "Application",
    "Assessment",
    "Assignment",
    "BusinessPartner",
    "Certificate",
    "Conveyance",
    "Decision",
    "Evidence",
    "Flag",
    "InformationRequest",
    "Note",
    "RequestedAnswer",
    "Response",
    "ResponseEvidence",
    "SavedFilter",
    "SheetImport",
    "Snapshot",
    "Standing",
    "StandingChange",
    "Validation",
    "Verdict",
    "Vetting",
]
