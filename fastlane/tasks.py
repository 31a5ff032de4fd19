"""The fast lane's timed task, where Celery looks for it."""

from celery import shared_task

from fastlane import schedule


@shared_task(name="fastlane.schedule.tick")
def tick() -> None:
    schedule.tick()
