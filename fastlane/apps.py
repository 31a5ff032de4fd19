"""WHAT THE STATUS BUYS: answers to partner systems, and later the lanes."""

from django.apps import AppConfig


class FastlaneConfig(AppConfig):
    name = "fastlane"
    verbose_name = "Fast lane"
