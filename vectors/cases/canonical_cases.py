"""canonical.json: what a writer writes, and which byte texts a reader recognises."""

from __future__ import annotations

import math
import struct
from typing import Any

from sealtrail import canonical

from .seeded import seeded

Case = dict[str, Any]

# RFC 8785, appendix B: bits of a double, and its text.
RFC_NUMBERS = """
0000000000000000 0
8000000000000000 0
0000000000000001 5e-324
8000000000000001 -5e-324
7fefffffffffffff 1.7976931348623157e+308
ffefffffffffffff -1.7976931348623157e+308
4340000000000000 9007199254740992
c340000000000000 -9007199254740992
4430000000000000 295147905179352830000
44b52d02c7e14af5 9.999999999999997e+22
44b52d02c7e14af6 1e+23
44b52d02c7e14af7 1.0000000000000001e+23
444b1ae4d6e2ef4e 999999999999999700000
444b1ae4d6e2ef4f 999999999999999900000
444b1ae4d6e2ef50 1e+21
3eb0c6f7a0b5ed8c 9.999999999999997e-7
3eb0c6f7a0b5ed8d 0.000001
41b3de4355555553 333333333.3333332
41b3de4355555554 333333333.33333325
41b3de4355555555 333333333.3333333
41b3de4355555556 333333333.3333334
41b3de4355555557 333333333.33333343
becbf647612f3696 -0.0000033333333333333333
43143ff3c1cb0959 1424953923781206.2
"""

NUMBER_TEXTS = """
0 -0 -0.0 0e0 0.0 1 -1 1.0 10 100 1e0 1E2 1e+2 1.5e1 0.1 0.10 -0.5 4.50 2e-3 56.0
1e20 1e21 1e22 -1e21 123456789012345680000 1234567890123456800000 100000000000000000000 1000000000000000000000
0.000001 0.0000001 1e-6 1e-7 -1e-7 1.5e-7 0.00000123 1e-27 0.000000000000000000000000001
5e-324 4.9e-324 2.2250738585072014e-308 2.225073858507201e-308 1.7976931348623157e308 -1.7976931348623157e308 1e308
333333333.33333329 1E30 9007199254740991 9007199254740992 9007199254740993 9007199254740994 9007199254740995
-9007199254740993 18446744073709551615 18446744073709551616 0.1000000000000000055511151231257827 0.30000000000000004
123e-20 1.0000000000000002 1.00000000000000011 2e-400 -2e-400 1e-400 123456.789e3 999999999999999999999 4294967296
2147483648 -2147483649 1.7976931348623158e308 8.41e21 2.0019e19 9.5e-7 9.999999e-7 0.0000099 12345678.9 1e23 1e-5 1e-4
"""

STRINGS = {
    "empty string": "",
    "quote and backslash": '"\\/',
    "short escapes": "\b\t\n\f\r",
    "all controls": "".join(map(chr, range(32))),
    "delete and C1 controls stay": "\x7f\x80\x9f",
    "line and paragraph separator stay": "\u2028\u2029",
    "no normalisation": "A\u030a \u00c5 \u212b",
    "emoji": "\U0001f600 \U0001f469\u200d\U0001f4bb",
    "last code point": "\U0010ffff",
    "noncharacters": "\ufffe\uffff\ufdd0",
    "byte order mark inside": "a\ufeffb",
    "around the surrogates": "\ud7ff\ue000",
    "markup stays": "</script><!-- & '",
}


def json_escape(text: str) -> str:
    """A JSON string in plain ASCII: everything but letters, digits and space is a \\u escape."""
    units = text.encode("utf-16-be", "surrogatepass")
    chars = (units[i : i + 2] for i in range(0, len(units), 2))
    return '"' + "".join(plain_or_escape(struct.unpack(">H", unit)[0]) for unit in chars) + '"'


def plain_or_escape(unit: int) -> str:
    char = chr(unit)
    return char if char.isascii() and (char.isalnum() or char == " ") else f"\\u{unit:04X}"


def encode_case(name: str, text: str) -> Case:
    """A writer parses the text and writes the value."""
    try:
        return {"name": name, "input": text, "canonical": canonical.encode(canonical.parse(text))}
    except canonical.NotCanonical:
        return {"name": name, "input": text, "wantErr": True}


def number_cases() -> list[Case]:
    cases = []
    for line in RFC_NUMBERS.split("\n")[1:-1]:
        bits, expected = line.split()
        number = struct.unpack(">d", bytes.fromhex(bits))[0]
        case = encode_case(f"RFC 8785 number {bits}", f"{number:.17e}")
        assert case["canonical"] == expected, line
        cases.append(case)
    for text in NUMBER_TEXTS.split():
        cases.append(encode_case(f"number {text}", text))
    for text in ("1e309", "-1e309", "1E400", "1.7976931348623159e308", "1" + "0" * 309):
        cases.append(encode_case(f"number {text[:24]} is not finite", text))
    return cases + random_numbers(150)


def random_numbers(count: int) -> list[Case]:
    """Doubles with random bits; half of them near 1, where positional and exponent notation meet."""
    cases = []
    for index in range(count):
        bits = int.from_bytes(seeded(f"double {index}", 8), "big")
        if index % 2:
            exponent = 1023 - 30 + bits % 110
            bits = (bits & ~(0x7FF << 52)) | exponent << 52
        number = struct.unpack(">d", struct.pack(">Q", bits))[0]
        if math.isfinite(number):
            cases.append(encode_case(f"double {bits:016x}", f"{number:.17e}"))
    return cases


def string_cases() -> list[Case]:
    cases = [encode_case(name, json_escape(text)) for name, text in STRINGS.items()]
    cases.append(encode_case("escaped solidus and capitals", '"\\/\\u00e9\\u000A\\u0041\\uD83D\\uDE00"'))
    for name, text in {
        "lone high surrogate": '"\\ud800"',
        "lone low surrogate": '"\\udc00"',
        "surrogates in the wrong order": '"\\udc00\\ud800"',
        "high surrogate before a letter": '"\\ud83dx"',
        "high surrogate twice": '"\\ud83d\\ud83d\\ude00"',
        "lone surrogate in a name": '{"\\udfff":1}',
        "lone surrogate deep inside": '{"a":[{"b":"\\udbff"}]}',
    }.items():
        cases.append(encode_case(name, text))
    return cases


RFC_SAMPLE = r"""{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}"""

RFC_SORT_SAMPLE = r"""{
  "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
  "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
}"""

STRUCTURES = {
    "RFC 8785 sample object": RFC_SAMPLE,
    "RFC 8785 sort sample": RFC_SORT_SAMPLE,
    "literals": "[null,true,false]",
    "bare literal": " true ",
    "empty containers": ' { "b" : [ ] , "a" : { } } ',
    "astral name before U+FB33": r'{"\ufb33":1,"\ud800\udc00":2,"\ue000":3,"\uffff":4,"z":5}',
    "prefix names": '{"aa":1,"a":2,"":3,"a\\u0000":4,"A":5,"_":6,"~":7}',
    "names like numbers": '{"10":1,"9":2,"1":3,"-1":4,"01":5,"1.5":6,"4294967296":7,"4294967295":8,"2":9}',
    "escaped names": '{"b\\"":1,"b\\\\":2,"b\\n":3,"b!":4}',
    "names that are special to some languages":
        '{"__proto__":{"x":1},"toString":2,"constructor":3,"hasOwnProperty":4,"prototype":5,"length":6,"toJSON":7}',
    "array order stays": '[3,2,1,"b","a",{"z":1,"y":[2,1]}]',
    "same name at several levels": '{"b":{"b":{"a":1,"B":2}},"a":[{"d":1,"c":2}]}',
}


def nested(depth: int, opening: str = "[", inner: str = "", closing: str = "]") -> str:
    return opening * depth + inner + closing * depth


def depth_cases() -> list[Case]:
    objects = {32: nested(31, '{"a":', "{}", "}"), 33: nested(32, '{"a":', "{}", "}")}
    return [
        encode_case("arrays 32 deep", nested(32)),
        encode_case("arrays 33 deep", nested(33)),
        encode_case("number in arrays 32 deep", nested(32, inner="1")),
        encode_case("objects 32 deep", objects[32]),
        encode_case("objects 33 deep", objects[33]),
        encode_case("mixed 32 deep", nested(16, '[{"k":', "true", "}]")),
        encode_case("mixed 33 deep", "[" + nested(16, '[{"k":', "true", "}]") + "]"),
        encode_case("33 deep in the last of many members", '{"a":1,"b":[],"c":' + nested(32) + "}"),
    ]


def encode_cases() -> list[Case]:
    structures = [encode_case(name, text) for name, text in STRUCTURES.items()]
    return structures + string_cases() + depth_cases() + number_cases()


GOOD_TEXTS = {
    "null": "null", "true": "true", "false": "false", "zero": "0", "negative": "-1", "fraction": "0.5",
    "large": "1e+21", "small": "1e-7", "least": "5e-324", "greatest": "1.7976931348623157e+308",
    "integer beyond 2^53": "9007199254740994", "empty string": '""', "empty array": "[]", "empty object": "{}",
    "letters": '"abc"', "utf-8": '"\u00e9\u20ac\U0001f600"', "escapes": '"\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f"',
    "delete stays": '"\x7f"', "line separator stays": '"\u2028"', "sorted": '{"A":1,"a":2,"aa":3}',
    "sorted by code unit": '{"\U00010000":1,"\ufb33":2}', "proto name": '{"__proto__":1,"a":2}',
    "proto object": '{"__proto__":{"a":1}}', "constructor name": '{"constructor":{"prototype":[]}}',
    "numeric names sorted as text": '{"1":0,"10":0,"2":0}', "32 deep": nested(32),
}

BAD_TEXTS = {
    "empty": "", "space before": " 1", "space after": "1 ", "newline after": "1\n", "space in array": "[1, 2]",
    "space in empty array": "[ ]", "space after colon": '{"a": 1}', "tab": "[\t1]", "two values": "1 2",
    "trailing garbage": "{}x", "trailing brace": "{}}", "trailing NUL": "1\x00", "unclosed": "[1", "unclosed string": '"a',
    "trailing comma": "[1,]", "trailing comma in object": '{"a":1,}', "missing value": '{"a":}', "missing colon": '{"a"1}',
    "unquoted name": "{a:1}", "single quotes": "'a'", "comment": "[1/**/]", "duplicate name": '{"a":1,"a":1}',
    "duplicate name, other value": '{"a":1,"b":2,"a":3}', "duplicate after escape": '{"a":1,"\\u0061":2}',
    "duplicate proto": '{"__proto__":1,"__proto__":1}', "unsorted": '{"b":1,"a":2}', "unsorted inside": '[{"b":1,"a":2}]',
    "sorted by code point": '{"\ufb33":2,"\U00010000":1}', "sorted as numbers": '{"1":0,"2":0,"10":0}',
    "unsorted proto": '{"a":1,"__proto__":2}', "needless escape": '"\\u0041"', "escaped solidus": '"\\/"',
    "uppercase hex": '"\\u001F"', "long form of newline": '"\\u000a"', "long form of quote": '"\\u0022"',
    "escaped e acute": '"\\u00e9"', "escaped emoji": '"\\ud83d\\ude00"', "escaped delete": '"\\u007f"',
    "unknown escape": '"\\x41"', "short unicode escape": '"\\u004"', "raw newline": '"\n"', "raw NUL": '"\x00"',
    "raw tab": '"\t"', "raw unit separator": '"\x1f"', "lone high surrogate": '"\\ud800"',
    "lone low surrogate": '"\\udfff"', "lone surrogate name": '{"\\ud800":1}', "leading zero": "01",
    "negative leading zero": "-01", "fraction zero": "1.0", "trailing zero": "1.50", "exponent": "1e5", "capital E": "1E+21",
    "exponent without sign": "1e21", "exponent leading zero": "1e-07", "minus zero": "-0", "minus zero fraction": "-0.0",
    "overflow": "1E400", "plain overflow": "1e400", "underflow": "1e-400", "plus sign": "+1", "no whole part": ".5",
    "no fraction": "1.", "no exponent": "1e", "hex number": "0x10", "not shortest": "0.1000000000000000055511151231257827",
    "not representable": "9007199254740993", "positional small": "0.0000001", "positional large": "1000000000000000000000",
    "NaN": "NaN", "Infinity": "Infinity", "minus Infinity": "-Infinity", "undefined": "undefined", "capital": "True",
    "33 deep": nested(33), "objects 33 deep": nested(32, '{"a":', "{}", "}"), "5000 deep": nested(5000),
    "5000 open": "[" * 5000, "byte order mark": "\ufeff{}", "no-break space": "\u00a01", "record separator": "\x1e{}",
}

BAD_BYTES = {
    "UTF-8 byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16 with byte order mark": '\ufeff"a"'.encode("utf-16-le"),
    "UTF-16 without byte order mark": '"a"'.encode("utf-16-be"),
    "Latin-1": b'"\xe9"',
    "stray continuation byte": b'"\x80"',
    "cut sequence": b'"\xe2\x82"',
    "cut at the end": b'"\xf0\x9f\x98',
    "overlong slash": b'"\xc0\xaf"',
    "overlong NUL": b'"\xc0\x80"',
    "overlong e acute": b'"\xe0\x83\xa9"',
    "overlong euro": b'"\xf0\x82\x82\xac"',
    "surrogate in UTF-8": b'"\xed\xa0\x80"',
    "surrogate pair in UTF-8 (CESU-8)": b'"\xed\xa0\xbd\xed\xb8\x80"',
    "beyond U+10FFFF": b'"\xf4\x90\x80\x80"',
    "five bytes": b'"\xf8\x88\x80\x80\x80"',
    "byte FF": b'"\xff"',
    "overlong quote": b"\xc0\xa2a\xc0\xa2",
}


def recognise_cases() -> list[Case]:
    """A reader accepts the bytes as they are, or refuses them."""
    cases = [recognise_case(name, text.encode()) for name, text in GOOD_TEXTS.items()]
    assert all("canonical" in case for case in cases)
    bad = [recognise_case(name, text.encode()) for name, text in BAD_TEXTS.items()]
    bad += [recognise_case(name, data) for name, data in BAD_BYTES.items()]
    assert all("wantErr" in case for case in bad)
    return cases + bad


def recognise_case(name: str, data: bytes) -> Case:
    case: Case = {"name": name}
    try:
        case["input"] = data.decode("utf-8")
    except UnicodeDecodeError:
        case |= {"input": None, "inputHex": data.hex()}
    try:
        canonical.decode(data)
    except canonical.NotCanonical:
        return case | {"wantErr": True}
    return case | {"canonical": case["input"]}


def files() -> dict[str, Any]:
    return {"canonical.json": {"encode": encode_cases(), "recognise": recognise_cases()}}
