"""The wire format of protocol buffers, as far as ONNX needs it: a message is a list of fields, kept in the order
and in the form in which they stand in the file. Whatever can be written in a file, right or wrong, can be held here."""

import struct

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class Malformed(Exception):
    """Bytes that are no message."""


class Field:
    """One field: its number, its wire type, and an int (varint), a Message, or bytes (everything else)."""

    def __init__(self, number, wire, value):
        self.number, self.wire, self.value = number, wire, value

    def copy(self):
        value = self.value.copy() if isinstance(self.value, Message) else self.value
        return Field(self.number, self.wire, value)


class Message:
    """A message of a kind that the schema knows (see onnx.py), or of an unknown kind."""

    def __init__(self, kind=None, fields=()):
        self.kind, self.fields = kind, list(fields)

    def copy(self):
        return Message(self.kind, [field.copy() for field in self.fields])

    def walk(self):
        """This message and all messages inside, from outside in."""
        yield self
        for field in self.fields:
            if isinstance(field.value, Message):
                yield from field.value.walk()


def varint(number):
    """Negative numbers are written as 64 bits."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def encode(message):
    out = bytearray()
    for field in message.fields:
        out += varint(field.number << 3 | field.wire)
        if field.wire == VARINT:
            out += varint(field.value)
            continue
        data = encode(field.value) if isinstance(field.value, Message) else field.value
        if field.wire == BYTES:
            out += varint(len(data))
        out += data
    return bytes(out)


def _read_varint(data, at):
    number = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Malformed
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return number & (1 << 64) - 1, at


def _read_value(data, at, wire):
    if wire == VARINT:
        return _read_varint(data, at)
    if wire == BYTES:
        size, at = _read_varint(data, at)
    elif wire in (FIXED32, FIXED64):
        size = 4 if wire == FIXED32 else 8
    else:
        raise Malformed
    if at + size > len(data):
        raise Malformed
    return data[at : at + size], at + size


def decode(data, kind, schema):
    """The message of the kind that stands in the bytes. schema[kind][number] names the kind of the messages inside."""
    message, at = Message(kind), 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        number, wire = tag >> 3, tag & 7
        value, at = _read_value(data, at, wire)
        inner = schema.get(kind, {}).get(number)
        if inner is not None and wire == BYTES:
            value = decode(value, inner, schema)
        message.fields.append(Field(number, wire, value))
    return message


def signed(number):
    """What a varint means as int64."""
    return number - (1 << 64) if number >> 63 else number


def float32(value):
    return struct.pack("<f", value)
