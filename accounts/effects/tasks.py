"""The Celery tasks of effects: run one, and sweep what is due and not done."""

from celery import shared_task

from accounts import effects, origin


@shared_task(name=effects.RUN)
def run(effect_id: int) -> None:
    with origin.coming_from("worker"):
        effects.run(effect_id)


@shared_task(name="accounts.effects.sweep")
def sweep() -> int:
    """Run every effect that is due: also those whose message was lost with the broker or a killed worker."""
    with origin.coming_from("worker"):
        return sum(effects.run(effect_id) for effect_id in effects.due())
