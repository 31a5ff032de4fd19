"""Names the task modules of this app's packages, where Celery looks for them."""

from accounts.effects.tasks import run, sweep
from accounts.sealing.tasks import seal

__all__ = ["run", "seal", "sweep"]
