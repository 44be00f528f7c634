"""A store of objects as an API server keeps them: versions, UIDs, preconditions, and every state that it ever had.

It knows nothing of lifecycles. What it accepts is a write, and whoever watches is told of each, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

MOST: Final = 64
"""States that are remembered, for those who read an old one."""


class Thing(NamedTuple):
    """An object as it is stored."""

    kind: str
    name: str
    uid: str
    owner: str
    """The UID of the lifecycle that it belongs to."""
    version: int
    """Of the store when it was written last."""
    body: Any
    pinned: bool = False
    """Whether a finalizer holds it."""
    deleting: bool = False
    """Whether somebody has deleted it, and only the finalizer holds it."""


Kinds = Mapping[str, Mapping[str, Thing]]
"""All things, by kind and name."""


class Write(NamedTuple):
    """A change that the store accepted."""

    actor: str
    verb: Literal["create", "update", "delete"]
    before: Thing | None
    after: Thing | None
    guarded: bool
    """Whether it would have been refused had the object changed meanwhile."""
    seen: Kinds
    """What whoever wrote had read before, uncached."""

    @property
    def thing(self) -> Thing:
        """What it is about."""
        found = self.after or self.before
        assert found is not None
        return found


class RefusedError(Exception):
    """A write that the store did not accept: a precondition fails, the name is taken, or nothing is there."""


class TakenError(RefusedError):
    """The name is taken."""


class DeniedError(RefusedError):
    """A quota or an admission does not let it in."""


@dataclass
class Store:
    """All objects, and their past."""

    kinds: dict[str, dict[str, Thing]] = field(default_factory=dict)
    version: int = 0
    past: list[Kinds] = field(default_factory=list)
    watchers: list[Callable[[Write], None]] = field(default_factory=list)

    def copy(self) -> Store:
        """The same state, with nobody watching."""
        return Store(dict(self.kinds), self.version, list(self.past))

    def get(self, kind: str, name: str) -> Thing | None:
        """One object, as it is now."""
        return self.kinds.get(kind, {}).get(name)

    def all(self, kind: str) -> Mapping[str, Thing]:
        """The objects of a kind, as they are now."""
        return self.kinds.get(kind, {})

    def seen(self, behind: int) -> Kinds:
        """The state as it was so many writes ago, or the oldest that is remembered."""
        return self.kinds if behind <= 0 or not self.past else self.past[-min(behind, len(self.past))]

    def create(
        self,
        actor: str,
        kind: str,
        name: str,
        owner: str,
        body: Any,
        *,
        pinned: bool = False,
        seen: Kinds | None = None,
    ) -> Thing:
        """Raises TakenError when there is one of that name."""
        if self.get(kind, name) is not None:
            raise TakenError(f"{kind}/{name} exists")
        made = Thing(kind, name, f"uid-{self.version + 1}", owner, self.version + 1, body, pinned)
        self._change(Write(actor, "create", None, made, True, seen or {}))  # a name is given once: it guards itself
        return made

    def update(self, actor: str, known: Thing, body: Any, *, guarded: bool = True, seen: Kinds | None = None) -> Thing:
        """Raises RefusedError when it is not there any more, or, guarded, no longer as it was known."""
        stands = self._stands(known, guarded=guarded)
        made = stands._replace(version=self.version + 1, body=body)
        self._change(Write(actor, "update", stands, made, guarded, seen or {}))
        return made

    def delete(self, actor: str, known: Thing, *, guarded: bool = True, seen: Kinds | None = None) -> None:
        """Raises RefusedError when it is not there any more, or, guarded, no longer as it was known."""
        stands = self._stands(known, guarded=guarded)
        if not stands.pinned:
            self._change(Write(actor, "delete", stands, None, guarded, seen or {}))
        elif not stands.deleting:
            made = stands._replace(version=self.version + 1, deleting=True)
            self._change(Write(actor, "update", stands, made, guarded, seen or {}))

    def unpin(self, actor: str, known: Thing, *, seen: Kinds | None = None) -> None:
        """Take the finalizer away; what somebody has deleted goes with it. Raises RefusedError as `update` does."""
        stands = self._stands(known, guarded=True)
        made = None if stands.deleting else stands._replace(version=self.version + 1, pinned=False)
        self._change(Write(actor, "update" if made else "delete", stands, made, True, seen or {}))

    def _stands(self, known: Thing, *, guarded: bool) -> Thing:
        stands = self.get(known.kind, known.name)
        if stands is None:
            raise RefusedError(f"{known.kind}/{known.name} is gone")
        if guarded and (stands.uid, stands.version) != (known.uid, known.version):
            raise RefusedError(f"{known.kind}/{known.name} has changed")
        return stands

    def _change(self, write: Write) -> None:
        self.past.append(self.kinds)
        if len(self.past) > MOST:
            del self.past[0]
        thing = write.thing
        changed = dict(self.kinds.get(thing.kind, {}))
        if write.after is None:
            del changed[thing.name]
        else:
            changed[thing.name] = write.after
        self.kinds = {**self.kinds, thing.kind: changed}
        self.version += 1
        for watcher in self.watchers:
            watcher(write)
