"""The feed's timed task. Celery looks here in demonstration mode alone (portal/celery.py)."""

from celery import shared_task
from django.utils import timezone

from fastlane.demo import feed


@shared_task(name="fastlane.demo.feed")
def tell_facts() -> None:
    feed.tick(timezone.now())
