"""The programme's timed task, where Celery looks for it."""

from celery import shared_task

from trusted_trader import schedule


@shared_task(name="trusted_trader.schedule.tick")
def tick() -> None:
    schedule.tick()
