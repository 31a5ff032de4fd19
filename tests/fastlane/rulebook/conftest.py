"""The rule book's tests meet the people of the harbor."""

from tests.fastlane.lanes.conftest import harbor, quay

__all__ = ["harbor", "quay"]
