"""The parts of ONNX's file format that the campaign writes and changes: field numbers, and functions that build
models from them. Nothing here checks anything: wrong models are wanted, too."""

import struct

from wire import BYTES, FIXED32, VARINT, Field, Message, decode, encode, float32

FLOAT, INT32, INT64, BOOL, DOUBLE = 1, 6, 7, 9, 11
PACKING = {FLOAT: "<%df", INT32: "<%di", INT64: "<%dq", BOOL: "<%d?", DOUBLE: "<%dd"}
TYPED_FIELD = {FLOAT: "float_data", INT32: "int32_data", INT64: "int64_data", BOOL: "int32_data", DOUBLE: "double_data"}

# For every kind of message: field names and numbers; which of them hold whole numbers; and, for fields that hold messages,
# their kind.
NUMBERS = {
    "model": {"ir_version": 1, "producer_name": 2, "graph": 7, "opset_import": 8, "functions": 25},
    "opset": {"domain": 1, "version": 2},
    "graph": {"node": 1, "name": 2, "initializer": 5, "input": 11, "output": 12, "value_info": 13},
    "node": {"input": 1, "output": 2, "name": 3, "op_type": 4, "attribute": 5, "domain": 7, "overload": 8},
    "attribute": {"name": 1, "f": 2, "i": 3, "s": 4, "t": 5, "g": 6, "floats": 7, "ints": 8, "type": 20,
                  "ref_attr_name": 21},
    "tensor": {"dims": 1, "data_type": 2, "float_data": 4, "int32_data": 5, "int64_data": 7, "name": 8,
               "raw_data": 9, "double_data": 10, "data_location": 14},
    "value_info": {"name": 1, "type": 2},
    "type": {"tensor_type": 1},
    "tensor_type": {"elem_type": 1, "shape": 2},
    "shape": {"dim": 1},
    "dimension": {"dim_value": 1, "dim_param": 2},
    "function": {"name": 1, "input": 4, "output": 5, "attribute": 6, "node": 7, "opset_import": 9, "domain": 10},
}
WHOLE_NUMBERS = {"ir_version", "version", "i", "ints", "type", "dims", "data_type", "elem_type", "dim_value"}
INSIDE = {
    "model": {7: "graph", 8: "opset", 25: "function"},
    "graph": {1: "node", 5: "tensor", 11: "value_info", 12: "value_info", 13: "value_info"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph"},
    "value_info": {2: "type"},
    "type": {1: "tensor_type"},
    "tensor_type": {2: "shape"},
    "shape": {1: "dimension"},
    "function": {7: "node", 9: "opset"},
}


def read(data):
    return decode(data, "model", INSIDE)


write = encode


# --- fields --------------------------------------------------------------------------------------------------


def field(kind, name, value):
    """A field with a value of a natural type; a float becomes a float32."""
    number = NUMBERS[kind][name]
    if isinstance(value, str):
        return Field(number, BYTES, value.encode())
    if isinstance(value, (bytes, Message)):
        return Field(number, BYTES, value)
    if isinstance(value, float):
        return Field(number, FIXED32, float32(value))
    return Field(number, VARINT, int(value))


def make(kind, **values):
    """A message; lists stand for repeated fields, None for a field that is left out."""
    message = Message(kind)
    for name, value in values.items():
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                message.fields.append(field(kind, name, each))
    return message


def is_right(kind, name, value):
    """Whether the value is of the kind that the field's values have where the file is right."""
    inner = INSIDE.get(kind, {}).get(NUMBERS[kind][name])
    if inner is not None:
        return isinstance(value, Message) and value.kind == inner
    return isinstance(value, int if name in WHOLE_NUMBERS else bytes)


def fields(message, name):
    """The fields of that name; a broken model may have others of their number, which do not count."""
    number = NUMBERS[message.kind][name]
    return [f for f in message.fields if f.number == number and is_right(message.kind, name, f.value)]


def values(message, name):
    return [each.value for each in fields(message, name)]


def value(message, name, default=None):
    found = values(message, name)
    return found[-1] if found else default


# --- parts of a model ----------------------------------------------------------------------------------------


def tensor(element, shape, data, name=None, raw=True):
    """Elements as raw bytes, or in the field of their type."""
    packed = struct.pack(PACKING[element] % len(data), *data)
    made = make("tensor", dims=list(shape), data_type=element, name=name)
    if raw:
        made.fields.append(field("tensor", "raw_data", packed))
    elif element in (FLOAT, DOUBLE):
        made.fields.append(field("tensor", TYPED_FIELD[element], packed))
    else:
        made.fields += [field("tensor", TYPED_FIELD[element], number) for number in data]
    return made


def attribute(name, content):
    """An attribute of the type that its content has."""
    if isinstance(content, Message):
        return make("attribute", name=name, t=content, type=4)
    if isinstance(content, float):
        return make("attribute", name=name, f=content, type=1)
    if isinstance(content, int):
        return make("attribute", name=name, i=content, type=2)
    if content and isinstance(content[0], float):
        return make("attribute", name=name, floats=list(content), type=6)
    return make("attribute", name=name, ints=list(content), type=7)


def node(op_type, inputs, outputs, attributes=(), domain=None):
    made = [attribute(name, content) for name, content in dict(attributes).items()]
    return make("node", input=list(inputs), output=list(outputs), op_type=op_type, attribute=made, domain=domain)


def value_info(name, element, shape):
    """The shape's entries are numbers or names; no shape at all where it is None."""
    dims = None
    if shape is not None:
        dims = make("shape", dim=[make("dimension", **{"dim_param" if isinstance(d, str) else "dim_value": d})
                                  for d in shape])
    return make("value_info", name=name, type=make("type", tensor_type=make("tensor_type", elem_type=element, shape=dims)))
