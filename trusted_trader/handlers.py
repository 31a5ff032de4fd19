"""Names the effect handlers of the programme's stories."""

from trusted_trader.application import evidence, telling
from trusted_trader.review import letters
from trusted_trader.standing import papers as standing_papers
from trusted_trader.validation import telling as validation_telling

__all__ = ["evidence", "letters", "standing_papers", "telling", "validation_telling"]
