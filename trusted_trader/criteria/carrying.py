"""What becomes of answers when a new edition of the criteria comes into force."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trusted_trader.criteria.model import Criterion, Edition, Level
from trusted_trader.entity_types import EntityType


@dataclass(frozen=True, slots=True)
class CarryOver[T]:
    """Answers after the change. Nothing gets lost: every old answer is in exactly one of the three.

    `kept` and `to_confirm` go by the new number, `dropped` by the old one. What is to be confirmed answers a criterion
    whose words, level or number changed.
    """

    kept: dict[str, T] = field(default_factory=dict)
    to_confirm: dict[str, T] = field(default_factory=dict)
    dropped: dict[str, T] = field(default_factory=dict)


def carry_over[T](
    old: Edition, new: Edition, answers: Mapping[str, T], entity_type: EntityType | None = None
) -> CarryOver[T]:
    """Sort the answers to an old edition into those kept, to be confirmed and dropped under a new one.

    With an entity type its own level alone counts, and an answer is dropped where the new edition doesn't ask that
    type; without one, a change of any type's level counts. Where two old numbers meet in one new number, the one that
    is renumbered to it goes on and the other is dropped.
    """
    result: CarryOver[T] = CarryOver()
    taken = {new.renumbered[number] for number in answers if number in new.renumbered and old.get(number)}
    for number, answer in answers.items():
        moved = new.renumbered.get(number)
        target = moved or number
        before, after = old.get(number), new.get(target)
        in_the_way = target in result.to_confirm or (moved is None and target in taken)
        if before is None or after is None or in_the_way or not _asked(after, entity_type):
            result.dropped[number] = answer
        elif target != number or _changed(before, after, entity_type):
            result.to_confirm[target] = answer
        else:
            result.kept[target] = answer
    return result


def _asked(criterion: Criterion, entity_type: EntityType | None) -> bool:
    return entity_type is None or criterion.level(entity_type) != Level.NA


def _changed(before: Criterion, after: Criterion, entity_type: EntityType | None) -> bool:
    types = EntityType if entity_type is None else (entity_type,)
    words = (before.topic, before.question, before.evidence) != (after.topic, after.question, after.evidence)
    return words or any(before.level(t) != after.level(t) for t in types)
