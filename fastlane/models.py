"""Gathers the models of the fast lane's stories, where Django looks for them."""

from fastlane.console.models import ClientSteward, SpareSecret
from fastlane.feed.models import Change, FeedHead
from fastlane.lanes.models import AgencyFact, ArrivalEvent, LaneDecision, LaneRequest, Misuse
from fastlane.ledger.models import Benefit, MeasuredCall
from fastlane.parcels.models import ParcelFile
from fastlane.publishing.models import KeptAnswer, SandboxMember, UsageHour
from fastlane.rulebook.models import Activation, Edition
from fastlane.status_list.models import PublishedList, Slot
from fastlane.webhooks.models import Attempt, Delivery, Endpoint, EndpointSecret

__all__ = [
    "Activation",
    "AgencyFact",
    "ArrivalEvent",
    "Attempt",
    "Benefit",
    "Change",
    "ClientSteward",
    "Delivery",
    "Edition",
    "Endpoint",
    "EndpointSecret",
    "FeedHead",
    "KeptAnswer",
    "LaneDecision",
    "LaneRequest",
    "MeasuredCall",
    "Misuse",
    "ParcelFile",
    "PublishedList",
    "SandboxMember",
    "Slot",
    "SpareSecret",
    "UsageHour",
]
