"""The harbor of the lanes' tests, for the demonstration's feed."""

from tests.fastlane.lanes.conftest import harbor, quay

__all__ = ["harbor", "quay"]
