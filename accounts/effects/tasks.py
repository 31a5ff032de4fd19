"""The Celery tasks of effects: run one, and sweep what is due and not done."""

import time

from celery import shared_task

from accounts import effects, origin

SWEEP_SECONDS = 3.0


@shared_task(name=effects.RUN)
def run(effect_id: int) -> None:
    with origin.coming_from("worker"):
        effects.run(effect_id)


@shared_task(name="accounts.effects.sweep")
def sweep() -> int:
    """Run effects that are due, also those whose message was lost with the broker or a killed worker.

    A sweep ends before the next one is due, so that a long backlog doesn't keep the worker from its other tasks.
    """
    begun = time.monotonic()
    done = 0
    with origin.coming_from("worker"):
        for effect_id in effects.due():
            if time.monotonic() - begun > SWEEP_SECONDS:
                break
            done += effects.run(effect_id)
    return done
