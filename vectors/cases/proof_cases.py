"""proofs.json: valid entry and history proofs, and what is none, with the section of the specification that it breaks."""

from __future__ import annotations

import json
from typing import Any, Callable

from sealtrail.entry import hash_value
from sealtrail.proofs import verify_proof
from sealtrail.records import record_key
from sealtrail.sealed_anchors import Invalid

from . import proof_changes, proof_checkpoints, proof_forgeries, proof_neighbours, proof_texts
from .prove import checkpoint, entry_proof, history_proof
from .tlog_cases import LOG_NAME, LOG_SEED, key
from .world import Seal, TenantLog, Value, World, build_world, record


def absent(log: TenantLog, wanted: Callable[[bytes], bool]) -> Value:
    """The first record that no entry touches and whose key is where it is wanted."""
    names = (f"absent-{index}" for index in range(10_000))
    found = map(record, names)
    return next(item for item in found if wanted(record_key(log.tenant, item["type"], item["id"])))


def places(log: TenantLog) -> dict[str, Value]:
    """Records that no entry touches, by where they lie in the records trees of segments 0 and 3."""
    keys = {number: [leaf.key for leaf in log.leaves(number)] for number in (0, 3)}
    first, last = max(keys[0][0], keys[3][0]), min(keys[0][-1], keys[3][-1])
    return {
        "between": absent(log, lambda key: first < key < last),
        "before": absent(log, lambda key: key < min(keys[0][0], keys[3][0])),
        "after": absent(log, lambda key: key > max(keys[0][-1], keys[3][-1])),
        "beside two": absent(log, lambda key: keys[3][2] < key < keys[3][3]),
    }


def seal_of(world: World, number: int) -> Seal:
    return next(seal for seal in world.operator.seals if seal.entry["seq"] == number)


def valid(world: World) -> dict[str, Value]:
    acme, ops, beta = world.logs["acme"], world.logs["~ops"], world.logs["beta"]
    newest = world.operator.seals[-1]
    where = places(acme)
    proofs = {
        "an entry within its segment": entry_proof(acme, 10, seal_of(world, 6)),
        "an entry, with several anchors up to the seal": entry_proof(acme, 2, newest),
        "the genesis": entry_proof(acme, 0, newest),
        "the last entry of a segment": entry_proof(acme, 4, seal_of(world, 2)),
        "the only entry of a segment": entry_proof(acme, 7, newest),
        "an entry under the first seal": entry_proof(acme, 1, seal_of(world, 2)),
        "an entry of a tenant whose name begins with ~": entry_proof(ops, 1, newest),
        "an entry with sealed values": entry_proof(acme, 13, newest),
        "an entry under a checkpoint": entry_proof(acme, 8, newest) | {"checkpoint": checkpoint(world.operator, newest)},
        "a record in several segments": history_proof(acme, record("a"), newest),
        "a record in one segment": history_proof(acme, record("f"), newest),
        "a record of a segment with one leaf": history_proof(acme, record("c"), newest),
        "a record, under one anchor": history_proof(acme, record("d"), seal_of(world, 2)),
        "a record, the last segment is empty": history_proof(acme, record("d"), seal_of(world, 4)),
        "a record of a tenant with two anchors": history_proof(beta, record("c"), newest),
        "no entry, between two neighbours": history_proof(acme, where["between"], newest),
        "no entry, before every leaf": history_proof(acme, where["before"], newest),
        "no entry, after every leaf": history_proof(acme, where["after"], newest),
        "no entry, in a log without records": history_proof(world.logs["Zulu.2"], record("a"), newest),
        "a record's history under a checkpoint": history_proof(acme, record("a"), newest)
        | {"checkpoint": checkpoint(world.operator, newest)},
    }
    return proofs


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def accepted(name: str, text: str, vkeys: list[str]) -> Value:
    proved = verify_proof(text.encode())
    has_checkpoint = '"checkpoint"' in text
    if has_checkpoint:
        proved = verify_proof(text.encode(), vkeys)
    seal = proved.sealed.seal
    return {
        "name": name, "text": text, "tenant": proved.tenant, "record": proved.record,
        "positions": [int(entry["seq"]) for entry in proved.entries], "through": int(proved.sealed.anchors[-1]["to"]),
        "seal": {"number": int(seal["seq"]), "hash": hash_value(seal).hex()},
        "checkpoint": has_checkpoint,
    }


def refused(name: str, rule: str, reason: str, text: str, vkeys: list[str]) -> Value:
    """Nothing but what the case is about may be why it is refused."""
    try:
        verify_proof(text.encode("utf-8", "surrogatepass"), vkeys)
    except Invalid as error:
        assert error.rule == rule and reason in error.detail, (name, str(error))
        return {"name": name, "text": text, "wantRule": rule}
    raise AssertionError(f"accepted: {name}")


def files() -> dict[str, Any]:
    world = build_world()
    proofs = valid(world)
    vkey = key(LOG_NAME, 1, LOG_SEED)["vkey"]
    good = [accepted(name, dump(value), [vkey]) for name, value in proofs.items()]
    good += [accepted(name, text, [vkey]) for name, text in proof_texts.valid(proofs).items()]
    good += [accepted(name, dump(value), [vkey]) for name, value in proof_neighbours.beyond(world).items()]
    missing = places(world.logs["acme"])["beside two"]
    bad = proof_changes.cases(world, proofs) + proof_forgeries.cases(world) + proof_neighbours.cases(world, missing)
    bad += proof_checkpoints.shape_cases(proofs)
    unvouched = proof_checkpoints.cases(world, proofs) + proof_checkpoints.signature_cases(world, proofs)
    return {
        "proofs.json": {
            "vkey": vkey,
            "valid": good,
            "invalid": [refused(*case[:3], dump(case[3]), []) for case in bad]
            + [refused(*case, []) for case in proof_texts.invalid(proofs)],
            "unvouched": [refused(*case[:3], dump(case[3]), [vkey]) for case in unvouched],
        }
    }
