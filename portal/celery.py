"""The Celery application: the portal's workers, and the timers that feed them."""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="schedule")

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
