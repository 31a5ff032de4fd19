"""The portal's settings, on services and in a folder that belong to this test run alone."""

from tests import services

services.use()

from portal.settings import *  # noqa: E402, F403 - the services must run before the settings are read

PASSWORD_HASHERS = ["tests.hashing.QuickHasher"]
