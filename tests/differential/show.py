"""A model as text, one field a line, with names where the format has them: for looking at what a campaign has kept."""

import sys
from pathlib import Path

import onnx
from wire import VARINT, Message, signed

NAMES = {kind: {number: name for name, number in numbers.items()} for kind, numbers in onnx.NUMBERS.items()}


def text(field):
    if field.wire == VARINT:
        return str(signed(field.value))
    return repr(bytes(field.value))


def lines(message, indent=0):
    for field in message.fields:
        name = "  " * indent + NAMES.get(message.kind, {}).get(field.number, f"field {field.number}")
        if isinstance(field.value, Message):
            yield name
            yield from lines(field.value, indent + 1)
        else:
            yield f"{name} {text(field)}"


if __name__ == "__main__":
    print("\n".join(lines(onnx.read(Path(sys.argv[1]).read_bytes()))))
