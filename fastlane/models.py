"""Gathers the models of the fast lane's stories, where Django looks for them."""

from fastlane.console.models import ClientSteward, SpareSecret
from fastlane.feed.models import Change, FeedHead
from fastlane.publishing.models import KeptAnswer, SandboxMember, UsageHour
from fastlane.status_list.models import PublishedList, Slot
from fastlane.webhooks.models import Attempt, Delivery, Endpoint, EndpointSecret

__all__ = [
    "Attempt",
    "Change",
    "ClientSteward",
    "Delivery",
    "Endpoint",
    "EndpointSecret",
    "FeedHead",
    "KeptAnswer",
    "PublishedList",
    "SandboxMember",
    "Slot",
    "SpareSecret",
    "UsageHour",
]
