"""The portal's settings, on services and in a folder that belong to this test run alone."""

from tests import services

services.use()

from portal.settings import *  # noqa: E402, F403 - the services must run before the settings are read

PASSWORD_HASHERS = ["tests.hashing.QuickHasher"]
# Messages are sent by whoever runs the effect, so that a test sees what came of it; inward addresses are closed.
WEBHOOK_SENDERS = 0
WEBHOOK_LOCAL_NETWORKS: list[str] = []
