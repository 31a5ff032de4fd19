"""The Celery application: the portal's workers, and the timers that feed them."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import task_prerun
from django.conf import settings
from django.db import close_old_connections
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="schedule")

# Celery closes the database's connection before and after every task, and a new one costs more than most effects. So it
# is kept for a thousand tasks; before each Django looks whether it is too old or broken, as it does before a request.
app.conf["CELERY_DB_REUSE_MAX"] = 1000
task_prerun.connect(lambda **_: close_old_connections(), weak=False, dispatch_uid="portal.connections")

# The heartbeat has a queue of its own: behind a long row of effects it would say that the worker is gone.
app.conf.task_queues = [Queue("celery"), Queue("heartbeat")]
app.conf.task_routes = {"portal.tasks.heartbeat": {"queue": "heartbeat"}}

# A timer's message that nobody took before the next one is due is worth nothing: `expires`.
app.conf.beat_schedule = {
    "heartbeat": {"task": "portal.tasks.heartbeat", "schedule": 5.0, "options": {"expires": 5}},
    "sweep": {"task": "accounts.effects.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "seal": {"task": "accounts.sealing.seal", "schedule": 60.0, "options": {"expires": 60}},
    "fastlane": {"task": "fastlane.schedule.tick", "schedule": 15.0, "options": {"expires": 15}},
    "tick": {"task": "trusted_trader.schedule.tick", "schedule": 60.0, "options": {"expires": 60}},
}
if settings.DEMO:  # what the agency's systems know of the demonstration's port calls
    app.autodiscover_tasks(["fastlane.demo"])
    app.conf.beat_schedule |= {
        "demonstration feed": {"task": "fastlane.demo.feed", "schedule": 60.0, "options": {"expires": 60}}
    }
