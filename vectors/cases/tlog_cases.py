"""tlog.json: keys, notes, cosignatures, tiles and proofs, made from the C2SP specifications alone."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from sealtrail import ed25519, merkle

LOG_NAME = "sealtrail.example/log"
LOG_SEED = bytes(range(32))
NEXT_SEED = bytes(range(64, 96))
WITNESSES = (("witness.example/w1", bytes(range(32, 64))), ("witness.example/w2", bytes(range(96, 128))))
LEAVES = [f"leaf {i}".encode() for i in range(600)]
SIZES = (1, 2, 255, 256, 257, 511, 512, 600)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def key(name: str, kind: int, seed: bytes) -> dict[str, str]:
    public = ed25519.public_key(seed)
    key_id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]
    return {
        "name": name,
        "id": key_id.hex(),
        "seed": seed.hex(),
        "public": public.hex(),
        "vkey": f"{name}+{key_id.hex()}+{b64(bytes([kind]) + public)}",
        "private": f"PRIVATE+KEY+{name}+{key_id.hex()}+{b64(bytes([kind]) + seed)}",
    }


def line(of: dict[str, str], signature: bytes) -> str:
    return f"— {of['name']} {b64(bytes.fromhex(of['id']) + signature)}\n"


def checkpoint_text(leaves: list[bytes]) -> str:
    root = merkle.root([merkle.leaf_hash(leaf) for leaf in leaves])
    return f"{LOG_NAME}\n{len(leaves)}\n{b64(root)}\n"


def signed(text: str, of: dict[str, str]) -> str:
    return line(of, ed25519.sign(bytes.fromhex(of["seed"]), text.encode()))


def cosigned(text: str, of: dict[str, str], time: int) -> str:
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    return line(of, time.to_bytes(8, "big") + ed25519.sign(bytes.fromhex(of["seed"]), message))


def tile_path(level: int | str, index: int, width: int) -> str:
    digits = str(index).zfill((len(str(index)) + 2) // 3 * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{path}" + ("" if width == 256 else f".p/{width}")


def tiles(leaves: list[bytes]) -> dict[str, str]:
    """Path to SHA-256 of the bytes, for a whole tree: every level made from the definition of MTH."""
    found: dict[str, str] = {}
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    for start in range(0, len(leaves), 256):
        part = leaves[start : start + 256]
        data = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in part)
        found[tile_path("entries", start // 256, len(part))] = hashlib.sha256(data).hexdigest()
    level = 0
    while 256**level <= len(leaves):
        unit = 256**level
        nodes = [merkle.root(hashes[i * unit : (i + 1) * unit]) for i in range(len(leaves) // unit)]
        for start in range(0, len(nodes), 256):
            part = nodes[start : start + 256]
            found[tile_path(level, start // 256, len(part))] = hashlib.sha256(b"".join(part)).hexdigest()
        level += 1
    return found


def files() -> dict[str, Any]:
    log = key(LOG_NAME, 1, LOG_SEED)
    following = key(LOG_NAME, 1, NEXT_SEED)
    witnesses = [key(name, 4, seed) for name, seed in WITNESSES]
    text = checkpoint_text(LEAVES)
    note = f"{text}\n" + signed(text, log)
    full = note + "".join(cosigned(text, witness, 1_760_000_000 + i) for i, witness in enumerate(witnesses))
    index = 300
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    path = merkle.inclusion_proof(index, hashes)
    proof = "c2sp.org/tlog-proof@v1\n" + f"index {index}\n" + "".join(f"{b64(h)}\n" for h in path) + "\n" + note
    old = 256
    request = f"old {old}\n" + "".join(f"{b64(h)}\n" for h in merkle.consistency_proof(old, hashes)) + "\n" + note
    paths = [(0, 0, 256), (0, 999, 256), (0, 1000, 256), (1, 1234067, 256), ("entries", 1234067, 8), (63, 7, 1)]
    return {
        "tlog.json": {
            "note": {
                "vkey": "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "note": "This is an example message.\n\n— example.com/foo "
                "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
            },
            "log": log,
            "next": following,
            "witnesses": witnesses,
            "times": [1_760_000_000 + i for i in range(len(witnesses))],
            "leaves": len(LEAVES),
            "checkpoint": {"text": text, "note": note, "cosigned": full, "both": note + signed(text, following)},
            "proof": {"index": index, "text": proof},
            "request": {"old": old, "body": request},
            "paths": [{"level": level, "index": i, "width": w, "path": tile_path(level, i, w)} for level, i, w in paths],
            "trees": [{"size": size, "tiles": tiles(LEAVES[:size])} for size in SIZES],
        }
    }
